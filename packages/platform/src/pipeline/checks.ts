import path from 'node:path';
import type { CheckOutcome } from '@plumbline/contract/release';
import type { DescribedCheck, Description } from '../environments/description.ts';
import { withCleanFolder } from './build-folder.ts';
import { together } from './checks/found.ts';
import { type Ended, lanesOf, runLane } from './checks/lane.ts';
import { filesUnder } from './checks/secrets.ts';
import { type Site, settled, type Unit, unitsOf } from './checks/unit.ts';
import { checkKey, passedBefore, rememberPassed } from './checks-cache.ts';
import { allChecks, outcomeOf, type Policy } from './checks-required.ts';
import { sideBySide } from './side-by-side.ts';
import { materialise, type Snapshot } from './source-snapshot.ts';

export interface CheckOrder {
  readonly snapshot: Snapshot;
  readonly home: string;
  readonly description: Description;
  readonly policy: Policy;
  /** The day on which exceptions are judged, like `2027-03-31`. Default: today, in UTC. */
  readonly today?: string;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs all checks in a clean folder made of the snapshot, those of different folders side by side. A failed check is an
 * outcome, not an error.
 */
export const runChecks = (order: CheckOrder): Promise<readonly CheckOutcome[]> =>
  withCleanFolder(async (clean) => {
    const site = await siteOf(order, path.join(clean, 'sources'));
    const checks = Object.entries(allChecks(order.description));
    const units = (
      await Promise.all(checks.map(([name, check]) => unitsUnlessPassed(order, site, name, check)))
    ).flat();
    const say = (text: string) => order.onProgress?.(text);
    const lanes = await sideBySide(lanesOf(units), order.signal, (lane, signal) => runLane(site, lane, signal, say));
    const outcomes = checks.map(([name, check]) => concluded(name, check, lanes.flat(), order.policy));
    for (const outcome of outcomes) say(`${outcome.name}: ${outcome.state} (${outcome.because})`);
    await rememberAll(order, outcomes);
    return outcomes;
  });

const siteOf = async ({ snapshot, home, signal, description, today }: CheckOrder, folder: string): Promise<Site> => {
  await materialise(snapshot, '.', folder, signal);
  return {
    folder,
    files: await filesUnder(folder),
    home,
    description,
    today: today ?? new Date().toISOString().slice(0, 10),
  };
};

/** A command that passed with the same files passes again. What the built-in checks know changes from day to day. */
const unitsUnlessPassed = async (
  { home, snapshot }: CheckOrder,
  site: Site,
  name: string,
  check: DescribedCheck,
): Promise<readonly Unit[]> => {
  const isKnown = check.run !== undefined && (await passedBefore(home, checkKey(snapshot, check)));
  return isKnown ? [settled(name, 'passed before with the same files')] : unitsOf(site, name, check);
};

const rememberAll = async (
  { home, snapshot, description }: CheckOrder,
  outcomes: readonly CheckOutcome[],
): Promise<void> => {
  for (const { name, state } of outcomes) {
    const check = description.checks[name];
    if (state === 'passed' && check?.run !== undefined) await rememberPassed(home, checkKey(snapshot, check));
  }
};

const concluded = (name: string, check: DescribedCheck, ended: readonly Ended[], policy: Policy): CheckOutcome => {
  const own = ended.filter((one) => one.check === name);
  const ms = own.reduce((sum, one) => sum + one.ms, 0);
  return outcomeOf(name, check, together(own.map(({ found }) => found)), ms, policy);
};
