import { cookieCohort, headerCohort } from '@plumbline/contract/shape';
import { z } from 'zod';
import type { CanaryOrder, CanaryStep } from '../rollout/walk.ts';
import { duration, durationMs } from './duration.ts';

const weight = z.number().min(0.1).max(100);

/** What the specification's 7.3 does: a tenth, half, all. */
const presets = { specification: [10, 50, 100] } as const;

const pause = z.boolean().default(false).describe('Whether a person has to let it go on from here.');

const cohort = z.union(
  [
    z.strictObject({
      header: headerCohort.shape.name.describe('A header of the request.'),
      value: headerCohort.shape.value.describe('The value that it must have.'),
      pause,
    }),
    z.strictObject({
      cookie: cookieCohort.shape.name.describe('A cookie of the visitor.'),
      value: cookieCohort.shape.value.describe('The value that it must have.'),
      pause,
    }),
  ],
  { error: 'must be { header: NAME, value: VALUE } or { cookie: NAME, value: VALUE }' },
);

export const describedCanary = z.strictObject({
  cohort: cohort
    .optional()
    .describe(
      'Visitors who get the candidate before anybody else: testers, who send a header or a cookie. Default: none.',
    ),
  steps: z
    .union(
      [
        z.literal('specification'),
        z
          .array(
            z.union([
              weight,
              z.strictObject({
                weight: weight.describe('Share of the visitors, in percent.'),
                pause,
              }),
            ]),
          )
          .min(1),
      ],
      { error: 'must be rising weights in percent, like [5, 25, 100], or specification' },
    )
    .optional()
    .describe(
      'Shares of the visitors, each with a verdict before the next; 100 is always the last. Default: 5, 10, 25, 50, 100. `specification`: 10, 50, 100.',
    ),
});

export const describedVerdict = z.strictObject({
  fail_against: z
    .number()
    .min(0.1)
    .max(4)
    .optional()
    .describe(
      'Share of failed requests, in percent, that does not abort a rollout. Default: 1, the warning threshold. Nearer to the critical 5 it takes more requests to tell.',
    ),
  least_requests: z
    .int()
    .min(1)
    .optional()
    .describe('Requests that each service must get at each step of a canary before it can pass. Default: 30.'),
  within: duration.optional().describe('How long a step waits for a verdict. Default: 5m.'),
  at_deadline: z
    .enum(['ask', 'go-on'])
    .optional()
    .describe(
      'What happens then: a person is asked, or it goes on and is marked as unproven. Default: ask in the last environment of the path, else go-on.',
    ),
});

export type DescribedCanary = z.output<typeof describedCanary>;
export type DescribedVerdict = z.output<typeof describedVerdict>;

/** How a candidate is judged in an environment. */
export interface VerdictSettings {
  readonly failAgainstPercent: number | null;
  readonly leastRequests: number | null;
  readonly withinMs: number;
  readonly atDeadline: 'ask' | 'go-on';
}

const usualSteps = [5, 10, 25, 50, 100] as const;

/** A canary as a rollout is planned with it. */
export const canaryOrder = (written: DescribedCanary): CanaryOrder => ({
  cohort: cohortOf(written),
  steps: canarySteps(written),
});

const cohortOf = ({ cohort: written }: DescribedCanary): CanaryOrder['cohort'] => {
  if (!written) return null;
  const by =
    'header' in written
      ? ({ by: 'header', name: written.header } as const)
      : ({ by: 'cookie', name: written.cookie } as const);
  return { who: { ...by, value: written.value }, pause: written.pause };
};

/** The weights, the last always 100 %. */
const canarySteps = ({ steps = [...usualSteps] }: DescribedCanary): readonly CanaryStep[] => {
  const written = (steps === 'specification' ? [...presets.specification] : steps).map((step) =>
    typeof step === 'number'
      ? { weightPercent: step, pause: false }
      : { weightPercent: step.weight, pause: step.pause },
  );
  return written.at(-1)?.weightPercent === 100 ? written : [...written, { weightPercent: 100, pause: false }];
};

/** The first weight that is not above the one before it; undefined when all rise. */
export const fallingStep = (canary: DescribedCanary): number | undefined => {
  const weights = canarySteps(canary).map(({ weightPercent }) => weightPercent);
  return weights.find((one, index) => one <= (weights[index - 1] ?? 0));
};

export const verdictSettings = (written: DescribedVerdict, isLast: boolean): VerdictSettings => ({
  failAgainstPercent: written.fail_against ?? null,
  leastRequests: written.least_requests ?? null,
  withinMs: durationMs(written.within ?? '5m'),
  atDeadline: written.at_deadline ?? (isLast ? 'ask' : 'go-on'),
});
