import { type Job, stepsOf, type Workflow } from '../workflow.ts';
import type { Rule } from './rule.ts';

const migratesAtEnvironment = ({ environment, steps }: Job): boolean =>
  environment !== undefined && steps.some(({ run = '' }) => /migrate/.test(run));

/** E6-2: a database in a private network is not reached from GitHub's machines, nor is its address GitHub's to know. */
const inside: Rule = {
  id: 'E6-2',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      /secrets\.DATABASE_URL/.test(JSON.stringify(step.env))
        ? [{ at: step.path, message: "a database's address among GitHub's secrets: let the control plane migrate" }]
        : [],
    ),
};

/** E6-3: whoever asks what is pending needs the same database as whoever migrates. */
const statusAsksTheSame: Rule = {
  id: 'E6-3',
  find: (workflow) =>
    workflow.jobs.filter(migratesAtEnvironment).flatMap((job) => {
      const status = job.steps.find(({ run = '' }) => /migrate:status|plumb migrate status/.test(run));
      if (status === undefined)
        return [{ at: job.path, message: `${job.id} does not ask whether anything is pending` }];
      return /migrate:status/.test(status.run ?? '') && !('DATABASE_URL' in { ...status.env, ...job.env })
        ? [{ at: status.path, message: 'asks without DATABASE_URL, of whatever database is the default' }]
        : [];
    }),
};

const guarded: Rule = {
  id: 'E6-4',
  find: (workflow) => [
    ...workflow.jobs.flatMap((job) =>
      migratesAtEnvironment(job) && job.if === undefined && isDispatched(workflow)
        ? [{ at: job.path, message: `${job.id} runs from any branch` }]
        : [],
    ),
    ...workflow.jobs.flatMap((job) =>
      migratesAtEnvironment(job) && job.concurrency === undefined && workflow.concurrency === undefined
        ? [{ at: job.path, message: `${job.id} may run twice at once` }]
        : [],
    ),
    ...workflow.jobs.flatMap((job) =>
      JSON.stringify(job).includes('github.event.inputs') || job.environment?.includes('github.event.inputs')
        ? [{ at: job.path, message: 'github.event.inputs are texts of anybody: use inputs' }]
        : [],
    ),
  ],
};

/** E6-1: "automated" is what no person has to think of: a delivery migrates before its rollout. */
const byEachDelivery: Rule = {
  id: 'E6-1',
  find: (workflow, all) => {
    const delivers = all.some(({ jobs }) =>
      jobs.some(({ steps }) => steps.some(({ run = '' }) => /plumb deliver/.test(run))),
    );
    return workflow.jobs
      .filter((job) => migratesAtEnvironment(job) && isDispatched(workflow) && !delivers)
      .map((job) => ({ at: job.path, message: `${job.id} is started by hand, and no delivery migrates` }));
  },
};

const isDispatched = ({ on }: Workflow): boolean => 'workflow_dispatch' in on;

export const migrationRules: readonly Rule[] = [byEachDelivery, inside, statusAsksTheSame, guarded];
