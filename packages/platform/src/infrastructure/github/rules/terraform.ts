import { stepsOf } from '../workflow.ts';
import type { Rule } from './rule.ts';

/** E4-17: `terraform apply` of a saved plan asks nothing; the environment's reviewers are the question, and the risks come first. */
const reviewed: Rule = {
  id: 'E4-17',
  find: (workflow) => [
    ...workflow.jobs.flatMap((job) => {
      const applies = job.steps.findIndex(({ run = '' }) => /terraform\b.* apply\b/.test(run));
      if (applies < 0) return [];
      const looked = job.steps.slice(0, applies).some(({ run = '' }) => /plumb infra plan/.test(run));
      return [
        ...(job.environment === undefined
          ? [{ at: job.path, message: `${job.id} applies without an environment whose reviewers are asked` }]
          : []),
        ...(looked ? [] : [{ at: job.path, message: `${job.id} applies what nobody judged: plumb infra plan first` }]),
      ];
    }),
    ...stepsOf(workflow).flatMap(({ step }) =>
      /terraform\b.* destroy\b|-auto-approve/.test(step.run ?? '')
        ? [{ at: step.path, message: 'destroys or applies without a plan that somebody has seen' }]
        : [],
    ),
  ],
};

export const terraformRules: readonly Rule[] = [reviewed];
