import type { Threshold } from '../thresholds.ts';
import type { BurnRate } from './objective.ts';
import { objective } from './objective.ts';
import type { Level } from './severity.ts';

/** `above 5 % for 5 minutes` */
export const beyond = ({ badWhen, unit, windowMinutes }: Threshold, { at }: Level): string =>
  `${badWhen} ${at} ${unit} for ${windowMinutes} minutes`;

/** What a row measures, where its title does not say all of it. */
export const meaningOf = ({ meaning, title }: Threshold): string => (meaning ? `${title}: ${meaning}.` : `${title}.`);

/** What it means when the error budget is spent that fast. */
export const burning = ({ times, spentPercent }: BurnRate): string =>
  `Failed requests spend the error budget of ${objective.percent} % in ${objective.days} days ${times} times too fast: ` +
  `${spentPercent} % of it went in one window.`;
