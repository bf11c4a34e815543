import type { Replica } from '@plumbline/contract/agent';
import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import { type Shape, type Slot, type SlotContent, slots } from '@plumbline/contract/shape';
import { namedEntries } from '../environments/named.ts';
import type { Start } from './scenario.ts';

/** Modelled processes: they start, get ready or crash, are drained, and die when somebody kills them. */
export interface Replicas {
  /** Makes it as the shape wants: what is missing starts, what is too many drains. */
  want(shape: Shape, now: number): void;
  /** Those that start are ready now: of what was live before the rehearsal. */
  allGetReady(): void;
  /** When something happens by itself next. */
  nextAt(): number;
  /** Lets happen what is due. */
  happen(now: number): void;
  /** Of every service where none is named. */
  kill(slot: Slot, service: ServiceName | null, count: number, forGood: boolean, now: number): void;
  ready(slot: Slot, service: ServiceName): number;
  /** The wanted replicas are ready, and nothing drains. */
  areAsWanted(): boolean;
  /** As they are, now and later: nobody keeps what was seen. */
  seen(): readonly Replica[];
}

type Process = { -readonly [Key in keyof Replica]: Replica[Key] } & { changesAt: number };

interface State {
  readonly startOf: (release: ReleaseId) => Start;
  readonly random: () => number;
  readonly all: Set<Process>;
  named: number;
  wanted: number;
}

/** How long the requests in a replica's hands take. */
const drainMs = 300;
const backOffMs = 1_000;
const never = Number.POSITIVE_INFINITY;

export const modelReplicas = (startOf: State['startOf'], random: () => number): Replicas => {
  const state: State = { startOf, random, all: new Set(), named: 0, wanted: 0 };
  const { all } = state;
  return {
    want: (shape, now) => {
      state.wanted = 0;
      for (const slot of slots) fill(state, slot, shape.slots[slot], now);
    },
    allGetReady: () => {
      for (const one of all) getReady(one, one.since);
    },
    nextAt: () => {
      let next = never;
      for (const { changesAt } of all) next = Math.min(next, changesAt);
      return next;
    },
    happen: (now) => {
      for (const one of [...all]) if (one.changesAt <= now) turn(state, one, now);
    },
    kill: (slot, service, count, forGood, now) => {
      const ready = living(state, slot).filter((one) => one.state === 'ready');
      const services = service ? [service] : [...new Set(ready.map((one) => one.service))];
      for (const name of services)
        for (const one of ready.filter((each) => each.service === name).slice(0, count)) die(one, forGood, now);
    },
    ready: (slot, service) => {
      let count = 0;
      for (const one of all) if (one.slot === slot && one.service === service && one.state === 'ready') count++;
      return count;
    },
    areAsWanted: () => {
      for (const one of all) if (one.state !== 'ready') return false;
      return all.size === state.wanted;
    },
    seen: () => [...all],
  };
};

const fill = (state: State, slot: Slot, content: SlotContent | null, now: number): void => {
  for (const one of living(state, slot)) if (one.release !== content?.release) drain(one, now);
  if (content === null) return;
  for (const [service, count] of namedEntries(content.replicas)) {
    const there = living(state, slot).filter((one) => one.service === service);
    state.wanted += count;
    for (const one of there.slice(count)) drain(one, now);
    for (let n = there.length; n < count; n++) spawn(state, slot, service, content.release, now);
  }
};

const living = ({ all }: State, slot: Slot): readonly Process[] =>
  [...all].filter((one) => one.slot === slot && one.state !== 'draining');

const spawn = (state: State, slot: Slot, service: ServiceName, release: ReleaseId, now: number): void => {
  const id = `${service}-${slot}-${++state.named}`;
  const one: Process = { ...plain, id, service, slot, release, since: now };
  start(state, one, now);
  state.all.add(one);
};

const plain = {
  state: 'starting' as const,
  pid: 1,
  port: 1,
  restarts: 0,
  because: null,
  lastLines: [],
  inFlight: 0,
  changesAt: never,
};

const turn = (state: State, one: Process, now: number): void => {
  if (one.state === 'draining') state.all.delete(one);
  else if (one.state === 'restarting') start(state, one, now);
  else if (state.startOf(one.release).kind === 'crashes') crash(one, now);
  else getReady(one, now);
};

const start = ({ startOf, random }: State, one: Process, now: number): void => {
  const how = startOf(one.release);
  const takesMs = how.kind === 'never-ready' ? never : how.afterMs * (1 + random() / 2);
  const because = how.kind === 'never-ready' ? 'its readiness answers 503' : null;
  Object.assign(one, { state: 'starting', since: now, changesAt: now + takesMs, because });
};

const getReady = (one: Process, now: number): void =>
  void Object.assign(one, { state: 'ready', since: now, changesAt: never, because: null });

const drain = (one: Process, now: number): void =>
  void Object.assign(one, { state: 'draining', since: now, changesAt: now + drainMs });

const crash = (one: Process, now: number): void => {
  const changesAt = now + backOffMs * 2 ** Math.min(one.restarts, 5);
  Object.assign(one, { state: 'restarting', since: now, changesAt, because: 'exited with code 1' });
  one.restarts++;
};

/** With its machine, say: no crash of its own. */
const die = (one: Process, forGood: boolean, now: number): void =>
  void Object.assign(one, {
    state: forGood ? 'unready' : 'restarting',
    since: now,
    changesAt: forGood ? never : now + backOffMs,
    because: forGood ? 'its machine is gone' : 'its machine was restarted',
  });
