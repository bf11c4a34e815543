import { actionOf, isAction, type Step, stepsOf } from '../workflow.ts';
import type { Rule } from './rule.ts';

const commit = /@[0-9a-f]{40}$/;

/** The oldest major of each action that is not dead or dying (autumn of 2026; errata §2.3). */
const oldestMajor: Readonly<Record<string, number>> = {
  'actions/checkout': 6,
  'actions/setup-node': 6,
  'actions/upload-artifact': 6,
  'actions/cache': 5,
  'docker/setup-buildx-action': 4,
  'docker/login-action': 4,
  'docker/metadata-action': 6,
  'docker/build-push-action': 7,
  'aws-actions/configure-aws-credentials': 6,
  'codecov/codecov-action': 5,
  'slackapi/slack-github-action': 3,
};

/** E3-9: a tag or branch can be moved to a thief's commit; a commit cannot. The comment is for people and Dependabot. */
const pinned: Rule = {
  id: 'E3-9',
  find: (workflow) =>
    [
      ...stepsOf(workflow).map(({ step }) => step),
      ...workflow.jobs.map(({ uses, path }) => ({ uses, path, comment: undefined })),
    ].flatMap(({ uses, path, comment }) => {
      if (uses === undefined || uses.startsWith('./')) return [];
      const at = [...path, 'uses'];
      if (!commit.test(uses)) return [{ at, message: `${uses} can be moved: name the full commit, with its version` }];
      if (comment === undefined) return [{ at, message: `${uses} has no comment with its version` }];
      return [];
    }),
};

const old: Rule = {
  id: 'E3-8',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) => {
      const least = oldestMajor[actionOf(step)];
      const major = majorOf(step);
      return least === undefined || major === undefined || major >= least
        ? []
        : [{ at: [...step.path, 'uses'], message: `${actionOf(step)} v${major} is dead: use v${least} or newer` }];
    }),
};

/** E3-15: v2 of CodeQL's actions is retired, v3 is about to be. */
const codeql: Rule = {
  id: 'E3-15',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      isAction(step, 'github/codeql-action') && (majorOf(step) ?? 0) < 4
        ? [{ at: [...step.path, 'uses'], message: 'CodeQL before v4 is retired' }]
        : [],
    ),
};

const majorOf = ({ uses = '', comment = '' }: Step): number | undefined => {
  const version = /^v?(\d+)/.exec(comment) ?? /@v(\d+)/.exec(uses);
  return version?.[1] === undefined ? undefined : Number(version[1]);
};

export const actionRules: readonly Rule[] = [pinned, old, codeql];
