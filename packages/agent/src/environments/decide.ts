import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { Group } from './desired.ts';
import { type Facts, isReady, isUnresponsive, stays } from './facts.ts';

/**
 * What is to be done with replicas now. begin: a new one. launch: start its process. end: kill its process, so that it
 * starts anew. retire: take it out of the routing table at once, drain it, stop it.
 */
export type Action =
  | {
      readonly kind: 'begin';
      readonly service: ServiceName;
      readonly slot: Slot;
      readonly release: ReleaseId;
      readonly program: string;
    }
  | { readonly kind: 'launch'; readonly replica: string }
  | { readonly kind: 'end'; readonly replica: string; readonly because: string }
  | { readonly kind: 'retire'; readonly replica: string; readonly because: string };

export interface Decision {
  readonly actions: readonly Action[];
  /** When to decide again if nothing happens before, by the monotonic clock; null when time alone changes nothing. */
  readonly againAtMs: number | null;
}

/** The next actions that bring the replicas of an environment closer to what is wanted. */
export const decide = (groups: readonly Group[], replicas: readonly Facts[], nowMs: number): Decision => {
  const retired = [...leavers(groups, replicas), ...groups.flatMap((group) => surplus(group, replicas))];
  const gone = new Set(retired.map((one) => one.replica));
  const kept = replicas.filter((one) => stays(one) && !gone.has(one.id));
  return {
    actions: [
      ...retired,
      ...groups.flatMap((group) => beginners(group, kept, replicas)),
      ...kept.flatMap((one) => startOrEnd(one, groupOf(groups, one), nowMs)),
    ],
    againAtMs: earliest(kept.flatMap((one) => deadlineOf(one, groupOf(groups, one)))),
  };
};

type Retire = Extract<Action, { kind: 'retire' }>;

/** Those that no group wants at all: their slot is empty, holds another release, or is the candidate's while they are workers. */
const leavers = (groups: readonly Group[], replicas: readonly Facts[]): readonly Retire[] =>
  replicas
    .filter((one) => stays(one) && groupOf(groups, one) === undefined)
    .map((one) => retire(one, `${one.slot} does not hold ${one.service} of ${one.release} any more`));

/** Those beyond the wanted number. One whose settings are old goes when a fresh one is ready in its place. */
const surplus = (group: Group, replicas: readonly Facts[]): readonly Retire[] => {
  const mine = replicas.filter((one) => stays(one) && isOf(group, one));
  const fresh = byWorth(mine.filter((one) => one.program === group.program));
  const old = byWorth(mine.filter((one) => one.program !== group.program));
  const oldKept = isWorker(group) ? 0 : Math.max(0, group.wanted - fresh.filter(isReady).length);
  return [
    ...fresh.slice(group.wanted).map((one) => retire(one, `${group.wanted} are enough`)),
    ...old.slice(oldKept).map((one) => retire(one, 'its settings have changed')),
  ];
};

/** Best first: ready ones, then those that may get ready soon; of equals the older. */
const byWorth = (replicas: readonly Facts[]): readonly Facts[] =>
  [...replicas].sort((a, b) => worth(b) - worth(a) || numberOf(a) - numberOf(b));

const worth = ({ life }: Facts): number =>
  life.is === 'alive' ? { ready: 4, unready: 2, starting: 3 }[life.readiness] : life.is === 'launching' ? 1 : 0;

const numberOf = ({ id }: Facts): number => Number(id.slice(id.lastIndexOf('-') + 1));

/** Replacing old settings, one more than wanted runs at a time; workers of two releases or settings never run side by side. */
const beginners = (group: Group, kept: readonly Facts[], replicas: readonly Facts[]): readonly Action[] => {
  const mine = kept.filter((one) => isOf(group, one));
  const fresh = mine.filter((one) => one.program === group.program).length;
  const room = mine.length > fresh ? group.wanted + 1 - mine.length : group.wanted - fresh;
  const count = Math.min(group.wanted - fresh, room);
  if (count <= 0 || (isWorker(group) && replicas.some((one) => isElder(group, one)))) return [];
  const { service, slot, release, program } = group;
  return Array.from({ length: count }, () => ({ kind: 'begin', service, slot, release, program }) as const);
};

const isElder = (group: Group, one: Facts): boolean =>
  one.service === group.service && one.life.is !== 'left' && !(isOf(group, one) && one.program === group.program);

const startOrEnd = (one: Facts, group: Group | undefined, nowMs: number): readonly Action[] => {
  const { life } = one;
  if (life.is === 'waiting') return life.untilMs <= nowMs ? [{ kind: 'launch', replica: one.id }] : [];
  if (life.is !== 'alive' || group === undefined) return [];
  const { startWithinMs, liveness } = group.spec;
  if (isUnresponsive(life))
    return [end(one, `${one.notReady ?? `GET ${liveness} failed`}, ${life.failedLiveness} times in a row`)];
  if (life.readiness !== 'starting' || nowMs < life.launchedMs + startWithinMs) return [];
  const why = one.notReady === null ? '' : `: ${one.notReady}`;
  return [end(one, `did not get ready within ${startWithinMs / 1000} s${why}`)];
};

const deadlineOf = ({ life }: Facts, group: Group | undefined): readonly number[] => {
  if (life.is === 'waiting') return [life.untilMs];
  if (life.is !== 'alive' || life.readiness !== 'starting' || group === undefined) return [];
  return [life.launchedMs + group.spec.startWithinMs];
};

const groupOf = (groups: readonly Group[], one: Facts): Group | undefined => groups.find((group) => isOf(group, one));

const isOf = (group: Group, one: Facts): boolean =>
  group.slot === one.slot && group.service === one.service && group.release === one.release;

const isWorker = (group: Group): boolean => group.spec.route === null;

const retire = ({ id }: Facts, because: string): Retire => ({ kind: 'retire', replica: id, because });
const end = ({ id }: Facts, because: string): Action => ({ kind: 'end', replica: id, because });

const earliest = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.min(...times));
