import path from 'node:path';
import { installOf } from '../build-command.ts';
import { installForChecks } from './command.ts';
import type { Found } from './found.ts';
import { commandIn, type Site, type Unit } from './unit.ts';

export interface Ended {
  readonly check: string;
  readonly found: Found;
  readonly ms: number;
}

const installWithinMs = 10 * 60_000;

/** Units by place, in the order in which they are described. */
export const lanesOf = (units: readonly Unit[]): readonly (readonly Unit[])[] => {
  const lanes = new Map<string, Unit[]>();
  for (const unit of units) lanes.set(unit.place, [...(lanes.get(unit.place) ?? []), unit]);
  return [...lanes.values()];
};

/** Runs the units of one place one after the other, all of them: who mends a checkout wants to see all that is wrong. */
export const runLane = async (
  site: Site,
  lane: readonly Unit[],
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<readonly Ended[]> => {
  const installed = new Map<string, Found | null>();
  const ended: Ended[] = [];
  for (const unit of lane) {
    const found = await installedFor(site, unit, installed, signal, say);
    const started = performance.now();
    if (!found && unit.needs) say(`${unit.check} in ${unit.needs.directory}`);
    ended.push({
      check: unit.check,
      found: found ?? (await unit.run(signal)),
      ms: Math.round(performance.now() - started),
    });
  }
  return ended;
};

/** Fetches the dependencies that a unit needs, unless one before it needed the same; null when they are there. */
const installedFor = async (
  site: Site,
  { needs, check }: Unit,
  installed: Map<string, Found | null>,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Found | null> => {
  if (!needs) return null;
  const run = await installOf(path.join(site.folder, needs.directory), needs.install);
  if (!run) return null;
  const words = run.join(' ');
  const before = installed.get(words);
  if (before !== undefined) return before;
  say(`${words} in ${needs.directory}`);
  const command = { ...commandIn(site, needs.directory, check), run, timeoutMs: installWithinMs, signal };
  const found = await installForChecks(site.home, command, needs.directory);
  installed.set(words, found);
  return found;
};
