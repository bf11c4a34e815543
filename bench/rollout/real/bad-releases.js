// @ts-check
import { releaseOf, settingsOf } from './app.js';
import { exposureOf } from './exposure.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {import('./exposure.js').Exposure} Exposure */
/** @typedef {import('./exposure.js').Seen} Seen */
/** @typedef {import('./app.js').Behaviour} Behaviour */
/** @typedef {{ what: string, behaviour: Behaviour, runs: number }} Bad */

/** A run that is not over by then counts as never taken back. */
const runWithinMs = 400_000;
const perSecond = 50;
/** Four of five visitors want the backend. */
const paths = ['/api', '/api', '/api', '/api', '/'];

/**
 * Real deliveries of bad candidates by canary, 5 % first, at 50 requests a second: several environments side by side,
 * each with visitors of its own, one run after the other. Exposures by what was delivered.
 *
 * @param {Station} station
 * @param {readonly Bad[]} bad those that take longest first
 * @param {{ lanes: number, log: (line: string) => void, signal: AbortSignal }} options
 * @returns {Promise<Map<string, Exposure[]>>}
 */
export const runBad = async (station, bad, { lanes, log, signal }) => {
  /** @type {Map<string, Exposure[]>} */
  const measured = new Map(bad.map(({ what }) => [what, []]));
  const queue = bad.flatMap((one, kind) => Array.from({ length: one.runs }, () => ({ ...one, number: 2 + kind })));
  const all = queue.length;
  const lane = async (/** @type {number} */ number) => {
    const environment = await openLane(station, `lane-${number}`);
    for (let next = queue.shift(); next; next = queue.shift()) {
      signal.throwIfAborted();
      const exposure = await runOnce(station, environment, releaseOf(next.number, next.behaviour), signal);
      measured.get(next.what)?.push(exposure);
      const back = exposure.backMs === null ? 'not taken back' : `back after ${(exposure.backMs / 1000).toFixed(1)} s`;
      log(
        `rollout: real run of ${next.what}: ${back}, ${exposure.failed} failed; ${all - queue.length} of ${all} begun`,
      );
    }
    station.visitors.leave(environment);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, queue.length) }, (_, index) => lane(index + 1)));
  return measured;
};

const good = releaseOf(1);
/** As in the rehearsals: a canary from 5 to 100 %, and a bake of 5,000 requests. @param {string} environment */
const settingsFor = (environment) =>
  settingsOf(environment, { strategy: 'canary', steps: [5, 10, 25, 50, 100], bakeMs: 100_000, replicas: 1 });

/** An environment where a good release is live and has its visitors. @param {Station} station @param {string} name */
const openLane = async (station, name) => {
  const how = settingsFor(name);
  await station.bring(good, { ...how, bakeMs: 0 });
  const { addresses } = await station.target.observe(how.environment, { signal: AbortSignal.timeout(10_000) });
  station.visitors.visit({ environment: name, url: addresses.plain, paths, perSecond });
  return how.environment;
};

/**
 * @param {Station} station @param {import('@plumbline/contract/names').EnvironmentName} environment
 * @param {import('@plumbline/platform/pipeline/release-table').NewRelease} release @param {AbortSignal} signal
 */
const runOnce = async (station, environment, release, signal) => {
  const began = Date.now();
  const watching = new AbortController();
  /** @type {Seen[]} */
  const seen = [];
  const watched = watch(station, environment, seen, AbortSignal.any([signal, watching.signal]));
  const id = await station.ask(release, settingsFor(environment));
  const row = await station.ended(id, runWithinMs).catch(async (error) => {
    signal.throwIfAborted();
    await station.abort(id);
    await station.ended(id);
    return { state: 'aborted', because: String(error) };
  });
  watching.abort();
  await watched;
  const answers = station.visitors.of(environment).filter(({ asked }) => asked > began);
  const exposure = exposureOf(release.id, seen, answers);
  if (row.state === 'succeeded') await station.bring(good, { ...settingsFor(environment), bakeMs: 0 }, 'roll-back');
  return row.state === 'failed' ? exposure : { ...exposure, backMs: null };
};

/** Notes each change as the router tells it, at once. @param {Station} station @param {import('@plumbline/contract/names').EnvironmentName} environment @param {Seen[]} seen @param {AbortSignal} signal */
const watch = async ({ target }, environment, seen, signal) => {
  try {
    for (let one = await target.observe(environment, { signal }); ; ) {
      seen.push(one);
      one = await target.observe(environment, { after: one.revision, waitMs: 10_000, signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
