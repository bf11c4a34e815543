import type { Freeze, Frozen } from '@plumbline/contract/freeze';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { InputOf } from '@plumbline/contract/platform';
import { record, type World } from './memory-world.ts';

/** What was frozen and is not over; of one environment what concerns it. */
export const freezesLeft = (world: World, environment?: EnvironmentName): Freeze[] =>
  world.freezes.filter(
    (one) =>
      (one.until ?? 0) > Date.now() &&
      (environment === undefined || one.environment === null || one.environment === environment),
  );

export const frozenNow = (world: World, environment: EnvironmentName): Frozen | null => {
  const freezes = freezesLeft(world, environment).filter(({ from }) => (from ?? 0) <= Date.now());
  const [first] = freezes;
  if (!first) return null;
  const opensAt = Math.max(...freezes.map(({ until }) => until ?? 0));
  return { because: `${environment} is frozen: ${first.reason} (${first.name}, by ${first.by})`, opensAt, freezes };
};

export const setFreeze = (
  world: World,
  { environment: named, from, until, reason }: InputOf<'freeze'>,
  by: string,
): Freeze => {
  const environment = named ?? null;
  const begins = from ?? Date.now();
  const when = `${new Date(begins).toISOString()} to ${new Date(until).toISOString()}`;
  const name = `f-${world.freezes.length + world.thawed.length + 1}`;
  const made: Freeze = { name, environment, when, from: begins, until, reason, by };
  world.freezes.push(made);
  record(world, by, 'freeze.set', environment ?? 'every environment', reason);
  return made;
};

export const endFreezes = (
  world: World,
  environment: EnvironmentName | undefined,
  reason: string | null,
  by: string,
): { ended: Freeze[]; left: Freeze[] } => {
  const ended = world.freezes.filter((one) => one.environment === (environment ?? null));
  for (const one of ended) {
    world.freezes.splice(world.freezes.indexOf(one), 1);
    record(world, by, 'freeze.ended', environment ?? 'every environment', reason);
  }
  world.thawed.push(...ended);
  world.changes.emit('changed');
  return { ended, left: freezesLeft(world, environment) };
};
