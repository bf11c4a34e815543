// @ts-check
import { rehearse } from '@plumbline/platform/rehearsal/rehearse';
import { canary } from './canary.js';

const goalPerMinute = 10_000;

/**
 * Simulated rollouts a minute of one core's time: a whole canary of a healthy candidate from 5 to 100 %, at 50 requests a
 * second, with a bake of 5,000 requests and its promotion. Processor time is counted, for others share the cores.
 *
 * @param {{ log: (line: string) => void, quick?: boolean, signal?: AbortSignal }} options
 */
export const run = async ({ log, quick = false, signal }) => {
  const rehearsal = canary('candidate: { fails: 0.1 }\nstable: { fails: 0.1 }');
  await simulate(rehearsal, quick ? 20 : 200, signal);
  const rounds = [];
  for (let round = 1; round <= (quick ? 1 : 5); round++) {
    const measured = await simulate(rehearsal, quick ? 50 : 400, signal);
    log(`rehearsal: round ${round}: ${measured.perMinute.toFixed(0)} rollouts a minute`);
    rounds.push(measured);
  }
  const { perMinute, virtualMs } = rounds.toSorted((a, b) => a.perMinute - b.perMinute)[
    Math.floor(rounds.length / 2)
  ] ?? {
    perMinute: 0,
    virtualMs: 0,
  };
  return { name: 'rehearsal', rows: [rowOf(perMinute, virtualMs)] };
};

/** @typedef {import('@plumbline/platform/rehearsal/rehearse').Rehearsal} Rehearsal */

/**
 * @param {Rehearsal} rehearsal
 * @param {number} runs
 * @param {AbortSignal | undefined} signal
 */
const simulate = async (rehearsal, runs, signal) => {
  const before = process.cpuUsage();
  let virtualMs = 0;
  for (let seed = 1; seed <= runs; seed++) {
    signal?.throwIfAborted();
    const { outcome, tookMs, broken } = await rehearse(rehearsal, { seed });
    if (outcome !== 'succeeded' || broken.length > 0) throw new Error(`a rehearsal ended ${outcome}: ${broken}`);
    virtualMs += tookMs / runs;
  }
  const { user, system } = process.cpuUsage(before);
  return { perMinute: (60_000_000 * runs) / (user + system), virtualMs };
};

/**
 * @param {number} perMinute
 * @param {number} virtualMs
 */
const rowOf = (perMinute, virtualMs) => ({
  what: 'simulated canaries with a bake of 5,000 requests',
  value: Math.round(perMinute),
  unit: '/min of CPU',
  against: `one in real time: ${Math.round(virtualMs / 1000)} s`,
  ratio: Math.round((perMinute * virtualMs) / 60_000),
  goal: `>= ${goalPerMinute}`,
  met: perMinute >= goalPerMinute,
});
