import type { Threshold } from '../thresholds.ts';

/** Info is shown and tells nobody, warning tells people, critical wakes them. */
export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One level of a row of 8.2. */
export interface Level {
  readonly severity: Severity;
  /** In the row's unit. */
  readonly at: number;
}

/** The levels that a row has, the mildest first. */
export const levelsOf = (row: Threshold): readonly Level[] =>
  severities.flatMap((severity) => {
    const at = row[severity];
    return at === undefined ? [] : [{ severity, at }];
  });
