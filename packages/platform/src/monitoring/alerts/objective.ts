import type { Severity } from './severity.ts';

/**
 * The specification's "99.5% uptime SLA" (1), as an objective that requests are counted against: of all requests in 30 days
 * one of 200 may fail, which is 3.6 hours of everything failing (E0-5).
 */
export const objective = { percent: 99.5, days: 30 } as const;

/** The share of requests that may fail, as a number from 0 to 1. */
export const errorBudget = (100 - objective.percent) / 100;

/** Errors that spend the budget so many times faster than it lasts, in a long window and still in a short one. */
export interface BurnRate {
  readonly times: number;
  readonly longMinutes: number;
  /** A twelfth of the long one: the alert ends soon after the errors do. */
  readonly shortMinutes: number;
  readonly severity: Severity;
  /** Of the budget, what is gone when it goes off. */
  readonly spentPercent: number;
}

const hour = 60;

/** Google, The Site Reliability Workbook, chapter 5 "Alerting on SLOs", table 5-8. */
export const burnRates: readonly BurnRate[] = [
  { times: 14.4, longMinutes: hour, shortMinutes: 5, severity: 'critical', spentPercent: 2 },
  { times: 6, longMinutes: 6 * hour, shortMinutes: 30, severity: 'critical', spentPercent: 5 },
  { times: 1, longMinutes: 72 * hour, shortMinutes: 6 * hour, severity: 'warning', spentPercent: 10 },
];

/** The share of failed requests, from 0 to 1, above which the budget is spent that fast. */
export const shareAt = ({ times }: BurnRate): number => Number((times * errorBudget).toPrecision(6));
