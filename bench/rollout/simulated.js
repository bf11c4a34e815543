// @ts-check
import { rehearse } from '@plumbline/platform/rehearsal/rehearse';
import { canary } from '../rehearsal/canary.js';
import { runRule } from './peers/run-rule.js';
import { trafficOf } from './peers/traffic.js';

/** @typedef {import('./judged.js').Judged} Judged */
/** @typedef {import('./judged.js').Run} Run */

/**
 * The engine itself in virtual time.
 *
 * @param {string} behaviour
 * @param {number} runs
 * @param {AbortSignal} signal
 * @returns {Promise<Judged>}
 */
export const rehearsed = async (behaviour, runs, signal) => {
  const rehearsal = canary(behaviour);
  /** @type {Run[]} */
  const all = [];
  for (let seed = 1; seed <= runs; seed++) {
    signal.throwIfAborted();
    const end = await rehearse(rehearsal, { seed });
    const isBack = end.outcome === 'failed';
    const { failed } = end.candidate;
    all.push({ backMs: isBack ? end.backAfterMs : null, trafficMinutes: end.trafficMinutes, failed });
  }
  return { name: 'simulated', runs: all };
};

/**
 * Another's rule on traffic of the same rates.
 *
 * @param {import('./peers/run-rule.js').Rule} rule
 * @param {{ failureShare: number, slowShare?: number }} behaviour
 * @param {number} runs
 * @returns {Judged}
 */
export const ruled = (rule, behaviour, runs) => ({
  name: rule.name,
  runs: Array.from({ length: runs }, (_, index) => {
    const end = runRule(rule, trafficOf({ requestsPerSecond: 50, ...behaviour, seed: index + 1 }), {
      untilMs: 3_600_000,
    });
    return { backMs: end.abortedAtMs, trafficMinutes: end.trafficMinutesExposed, failed: end.requestsFailed };
  }),
});
