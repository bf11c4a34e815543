import { isAction, stepsOf, type Workflow } from '../workflow.ts';
import type { Rule } from './rule.ts';

/** Node 22 is the oldest that is still mended (to April of 2027). */
const oldestNode = 22;

const livingNode: Rule = {
  id: 'E3-18',
  find: (workflow) => [
    ...Object.entries(workflow.env).flatMap(([name, value]) =>
      /NODE/.test(name) && Number.parseInt(String(value), 10) < oldestNode
        ? [{ at: ['env', name], message: deadNode }]
        : [],
    ),
    ...stepsOf(workflow).flatMap(({ step }) =>
      isAction(step, 'actions/setup-node') && Number.parseInt(String(step.with['node-version']), 10) < oldestNode
        ? [{ at: step.path, message: deadNode }]
        : [],
    ),
  ],
};
const deadNode = 'this Node gets no more fixes: use 24';

const delivers = ({ jobs }: Workflow): boolean =>
  jobs.some(
    ({ steps, with: given }) =>
      given.environment !== undefined || steps.some(({ run = '' }) => /kubectl set image|plumb deliver\b/.test(run)),
  );

/** E3-17: what is delivered from a branch is tested before it gets there. */
const requestsTested: Rule = {
  id: 'E3-17',
  find: (workflow) => {
    if (!delivers(workflow) || workflow.on.push === undefined) return [];
    const tested = workflow.on.pull_request?.branches;
    const untested = (workflow.on.push?.branches ?? []).filter((branch) => tested && !tested.includes(branch));
    const commands = stepsOf(workflow)
      .map(({ step }) => step.run ?? '')
      .join('\n');
    return [
      ...untested.map((branch) => ({
        at: ['on', 'pull_request'],
        message: `pull requests to ${branch} are not tested`,
      })),
      ...['npm run typecheck', 'npm run build', 'migrate:latest', 'migrate:down']
        .filter((needed) => !commands.includes(needed))
        .map((needed) => ({ at: ['jobs'], message: `nothing runs ${needed}` })),
    ];
  },
};

/** E3-14: looks for a package.json where there is none, and fails where its token is absent. */
const noSnyk: Rule = {
  id: 'E3-14',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      isAction(step, 'snyk/actions') && !String(step.with.args ?? '').includes('--all-projects')
        ? [{ at: step.path, message: 'finds no project in a repository of several, and fails without its token' }]
        : [],
    ),
};

/** E3-16: a report is no gate; the test runner's threshold is. */
const coverageGate: Rule = {
  id: 'E3-16',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      isAction(step, 'codecov/codecov-action') && !('token' in step.with) && !('use_oidc' in step.with)
        ? [{ at: step.path, message: 'uploads without a token: let the test runner have a threshold' }]
        : [],
    ),
};

export const checkRules: readonly Rule[] = [livingNode, requestsTested, noSnyk, coverageGate];
