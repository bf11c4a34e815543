import { changesAnEnvironment, isAction, stepsOf } from '../workflow.ts';
import type { Rule } from './rule.ts';

/** E3-10: a key that never ends is a key to steal. */
const noKeys: Rule = {
  id: 'E3-10',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) => {
      if (!isAction(step, 'aws-actions/configure-aws-credentials')) return [];
      if ('aws-access-key-id' in step.with)
        return [{ at: [...step.path, 'with'], message: 'a stored AWS key: take a role of the environment by OIDC' }];
      return 'role-to-assume' in step.with && 'allowed-account-ids' in step.with
        ? []
        : [{ at: step.path, message: 'say role-to-assume and allowed-account-ids' }];
    }),
};

/** E2-5: accounts are apart, so their names of secrets and variables come from the GitHub environment, not from the job. */
const perEnvironment: Rule = {
  id: 'E2-5',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ job, step }) =>
      isAction(step, 'aws-actions/configure-aws-credentials') &&
      (job.environment === undefined || !String(step.with['role-to-assume'] ?? '').includes('vars.'))
        ? [{ at: step.path, message: 'the role must be a variable of the GitHub environment, one for each account' }]
        : [],
    ),
};

const leastRights: Rule = {
  id: 'E3-11',
  find: ({ permissions, jobs }) => {
    const isNothing = typeof permissions === 'object' && Object.values(permissions).every((one) => one !== 'write');
    if (!isNothing)
      return [{ at: [], message: 'say `permissions: {}` at the top, and what each job needs in the job' }];
    return jobs.flatMap((job) =>
      job.permissions === undefined ? [{ at: job.path, message: `${job.id} does not say its permissions` }] : [],
    );
  },
};

const noCredentialsLeft: Rule = {
  id: 'E3-29',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      isAction(step, 'actions/checkout') && step.with['persist-credentials'] !== false
        ? [{ at: step.path, message: 'the checkout leaves its token on disk: persist-credentials: false' }]
        : [],
    ),
};

/** E1-1, and a hung job holds its runner for six hours otherwise. */
const timeLimit: Rule = {
  id: 'E1-1',
  find: ({ jobs }) =>
    jobs.flatMap((job) =>
      job.uses === undefined && typeof job['timeout-minutes'] !== 'number'
        ? [{ at: job.path, message: `${job.id} has no timeout-minutes` }]
        : [],
    ),
};

const namedRunner: Rule = {
  id: 'E3-30',
  find: ({ jobs }) =>
    jobs.flatMap((job) =>
      String(job['runs-on']).endsWith('-latest')
        ? [{ at: [...job.path, 'runs-on'], message: `${String(job['runs-on'])} changes by itself: ubuntu-24.04` }]
        : [],
    ),
};

/** E3-19: nothing outside of the network reaches a private cluster. */
const runnerInside: Rule = {
  id: 'E3-19',
  find: ({ jobs }) =>
    jobs.flatMap((job) =>
      job.steps.some(({ run = '' }) => /kubectl|eks update-kubeconfig|plumb (deliver|migrate|rollback)\b/.test(run)) &&
      /ubuntu|windows|macos/.test(String(job['runs-on']))
        ? [
            {
              at: [...job.path, 'runs-on'],
              message: `${job.id} cannot reach the environment from GitHub's own machines`,
            },
          ]
        : [],
    ),
};

/** E3-12: two at once, and the slower one wins. */
const oneAtATime: Rule = {
  id: 'E3-12',
  find: (workflow) =>
    workflow.jobs.flatMap((job) => {
      if (!changesAnEnvironment(job)) return [];
      const group = job.concurrency ?? (workflow.on.workflow_dispatch === undefined ? undefined : workflow.concurrency);
      if (group === undefined)
        return [{ at: job.path, message: `${job.id} has no concurrency group of its environment` }];
      const cuts = typeof group === 'object' && group['cancel-in-progress'] !== false;
      return cuts ? [{ at: job.path, message: `${job.id} may be cut off half way: cancel-in-progress: false` }] : [];
    }),
};

export const rightsRules: readonly Rule[] = [
  noKeys,
  perEnvironment,
  leastRights,
  noCredentialsLeft,
  timeLimit,
  namedRunner,
  runnerInside,
  oneAtATime,
];
