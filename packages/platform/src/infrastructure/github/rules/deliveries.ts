import { changesAnEnvironment, isAction, type Job, stepsOf, type Workflow } from '../workflow.ts';
import type { Rule } from './rule.ts';

const runs = ({ steps }: Job, what: RegExp): boolean => steps.some(({ run = '' }) => what.test(run));
const setsImages = /kubectl set image/;

/** E1-2, E3-31: without a person, a push is a delivery to production. */
const byAPerson: Rule = {
  id: 'E3-31',
  find: (workflow, all) =>
    reaching(workflow, all, 'production').flatMap((job) => [
      ...(job.if?.includes('workflow_dispatch') || isDispatchedAlone(workflow)
        ? []
        : [{ at: job.path, message: `${job.id} is started by a push: production only by workflow_dispatch` }]),
      ...(called(job, all).some((one) => runs(one, /plumb github check/))
        ? []
        : [
            {
              at: job.path,
              message: `${job.id} does not look whether the environment has its rules: plumb github check`,
            },
          ]),
    ]),
};

const withDigest: Rule = {
  id: 'E1-2',
  find: (workflow, all) =>
    reaching(workflow, all, 'production').flatMap((job) =>
      /inputs\.(release|digest)/.test(JSON.stringify(job)) || isDispatchedAlone(workflow)
        ? []
        : [{ at: job.path, message: `${job.id} takes whatever is newest: ask for the release by its digest` }],
    ),
};

/** E1-3: an environment at the job makes GitHub keep a record of the deployment, its state and its address. */
const recorded: Rule = {
  id: 'E1-3',
  find: (workflow) =>
    workflow.jobs.flatMap((job) => [
      ...(runs(job, /plumb (deliver|migrate)\b/) && job.environment === undefined
        ? [{ at: job.path, message: `${job.id} leaves no deployment at GitHub: say its environment` }]
        : []),
      ...(runs(job, setsImages) ? [{ at: job.path, message: `${job.id} records neither who, what nor why` }] : []),
    ]),
};

/** E3-21, E3-22: an image set by hand is undone by the next apply, and settings are never delivered. */
const wholeReleases: Rule = {
  id: 'E3-21',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      setsImages.test(step.run ?? '')
        ? [{ at: step.path, message: 'changes the image alone: deliver the release with its settings' }]
        : [],
    ),
};

const together: Rule = {
  id: 'E3-27',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      (step.run?.match(/kubectl set image/g) ?? []).length > 1
        ? [{ at: step.path, message: 'brings services one after the other: half of a release may stay' }]
        : [],
    ),
};

/** E3-24: `plumb deliver` goes back by itself; anything else has to be told. */
const goesBack: Rule = {
  id: 'E3-24',
  find: ({ jobs }) =>
    jobs.flatMap((job) => {
      const verifiesAfter = runs(job, setsImages) || runs(job, /playwright|npm run e2e/);
      if (!verifiesAfter || job.environment === undefined) return [];
      return job.steps.some((step) => step.if?.includes('failure()') && /rollback|undo/.test(step.run ?? ''))
        ? []
        : [{ at: job.path, message: `${job.id} leaves a bad release live: go back in a step with if: failure()` }];
    }),
};

const looksAtTheVersion: Rule = {
  id: 'E3-25',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      /curl -f\S* https/.test(step.run ?? '')
        ? [
            {
              at: step.path,
              message: 'a GET says neither which release answered nor that it works: plumb deliver does',
            },
          ]
        : [],
    ),
};

/** E3-26, E6-1: `plumb deliver` migrates before its rollout. */
const migrates: Rule = {
  id: 'E3-26',
  find: ({ jobs }) =>
    jobs.flatMap((job) =>
      runs(job, setsImages) && !runs(job, /migrate/)
        ? [{ at: job.path, message: `${job.id} brings code without its migrations` }]
        : [],
    ),
};

const toldWhenBad: Rule = {
  id: 'E3-28',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ job, step }) => {
      if (!isAction(step, 'slackapi/slack-github-action')) return [];
      if (step.with['webhook-type'] !== 'incoming-webhook')
        return [{ at: step.path, message: 'say webhook and webhook-type: incoming-webhook, or blocks are refused' }];
      return /always\(\)|failure\(\)/.test(`${step.if ?? ''} ${job.if ?? ''}`)
        ? []
        : [{ at: step.path, message: 'tells of success alone: if: always() or failure()' }];
    }),
};

/** E3-23: `npx` without an installation fetches whatever is newest. */
const installedFirst: Rule = {
  id: 'E3-23',
  find: ({ jobs }) =>
    jobs.flatMap((job) => {
      const tests = job.steps.findIndex(({ run = '' }) => /playwright test|npm run e2e/.test(run));
      if (tests < 0) return [];
      const folder = job.steps[tests]?.['working-directory'];
      const before = job.steps.slice(0, tests);
      return before.some((step) => step.run === 'npm ci' && step['working-directory'] === folder)
        ? []
        : [{ at: job.path, message: `${job.id} runs browser tests before npm ci in ${folder ?? 'their folder'}` }];
    }),
};

/** Jobs that bring something to the environment, by themselves or by a workflow of this repository that they call. */
const reaching = (workflow: Workflow, all: readonly Workflow[], environment: string): readonly Job[] =>
  workflow.jobs.filter(
    (job) =>
      (job.environment === environment && changesAnEnvironment(job)) ||
      (job.with.environment === environment && called(job, all).some(changesAnEnvironment)),
  );

/** The job itself, and the jobs of the workflow that it calls. */
const called = (job: Job, all: readonly Workflow[]): readonly Job[] => [
  job,
  ...all.filter(({ file }) => job.uses?.endsWith(file)).flatMap(({ jobs }) => jobs),
];

const isDispatchedAlone = ({ on }: Workflow): boolean =>
  Object.keys(on).every((event) => event === 'workflow_dispatch');

export const deliveryRules: readonly Rule[] = [
  byAPerson,
  withDigest,
  recorded,
  wholeReleases,
  together,
  goesBack,
  looksAtTheVersion,
  migrates,
  toldWhenBad,
  installedFirst,
];
