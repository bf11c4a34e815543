// @ts-check
import { releaseId, serviceName } from '@plumbline/contract/names';
import { judgeSettings } from '@plumbline/platform/monitoring/settings';
import { readScenario } from '@plumbline/platform/rehearsal/scenario-file';
import { planRollout } from '@plumbline/platform/rollout/plan';

/** @typedef {import('@plumbline/platform/rehearsal/rehearse').Rehearsal} Rehearsal */

/**
 * A whole canary from 5 to 100 % at 50 requests a second, with a bake of 5,000 requests and its promotion.
 *
 * @param {string} behaviour how the two releases behave, as a scenario file says it
 * @returns {Rehearsal}
 */
export const canary = (behaviour) => {
  const [backend, frontend] = [serviceName.parse('backend'), serviceName.parse('frontend')];
  const replicas = { [backend]: 2, [frontend]: 2 };
  const routed = [backend, frontend];
  /** @type {Rehearsal['order']} */
  const order = {
    release: releaseId.parse('r-000000000002'),
    replicas,
    routed,
    withAssets: [],
    present: {
      stable: 'blue',
      slots: { blue: { release: releaseId.parse('r-000000000001'), replicas }, green: null },
      candidateWeightPercent: 0,
    },
    canary: { cohort: null, steps: [5, 10, 25, 50, 100].map((weightPercent) => ({ weightPercent, pause: false })) },
  };
  return {
    strategy: 'canary',
    order,
    steps: planRollout('canary', order),
    judge: judgeSettings(routed),
    rules: { verdictWithinMs: 300_000, atDeadline: 'ask' },
    settleWithinMs: 75_000,
    bakeMs: 100_000,
    scenario: readScenario('bench', `traffic: { backend: 40, frontend: 10 }\n${behaviour}`, routed),
  };
};
