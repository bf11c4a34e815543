import { setTimeout as sleep } from 'node:timers/promises';
import { type Climb, type Delivery, endedStates, type Progress } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Client } from './client.ts';
import { createLiveBlock } from './live-block.ts';
import { climbBlock, deliveryBlock } from './show/delivery.ts';
import { progressLine } from './show/progress.ts';
import { followProgress } from './stream.ts';
import type { Terminal } from './terminal.ts';

/** What is watched, as it stands: a climb with its deliveries, or one delivery. */
export type Watched =
  | { readonly kind: 'climb'; readonly climb: Climb; readonly deliveries: readonly Delivery[] }
  | { readonly kind: 'delivery'; readonly delivery: Delivery };

export type Subject = { readonly climb: string } | { readonly delivery: string };

export interface Watching {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Each thing that happened is printed as JSON. */
  readonly json: boolean;
  /** Nothing is printed, only the end is waited for. */
  readonly silent?: boolean;
  /** Ends the watch; absent: at the end of what is watched. */
  readonly until?: (watched: Watched) => boolean;
}

/** Beside what the stream tells, so that a lost event delays the end by no more than this. */
const lookAgainMs = 5_000;
const redrawEveryMs = 500;
/** After the end, so long without an event means that all were printed; longer when none has come yet. */
const quietMs = { afterEvents: 250, beforeAny: 2_000 } as const;

/** Shows progress until the end, and answers how it ended; null when the signal fired first. */
export const watch = async (subject: Subject, watching: Watching): Promise<Watched | null> => {
  const { client, terminal, signal, until = hasEnded } = watching;
  const display = displayOf(watching);
  const done = new AbortController();
  const both = AbortSignal.any([signal, done.signal]);
  const heard: Heard = { at: performance.now(), any: false, woken: new AbortController() };
  const listen = async (): Promise<void> => {
    const whenCut = () => display.print && terminal.say('the control plane is away; waiting for it');
    for await (const one of followProgress(client, { ...subject, after: 0 }, { signal: both, whenCut })) {
      display.print?.(one);
      Object.assign(heard, { at: performance.now(), any: true });
      if (one.kind === 'state') heard.woken.abort();
    }
  };
  const mayEnd = (): boolean => display.print === null || isQuiet(heard);
  const look = async (): Promise<Watched | null> => {
    let latest: Watched | null = null;
    while (!both.aborted) {
      heard.woken = new AbortController();
      latest = (await whenThere(read(client, subject))) ?? latest;
      if (latest) display.draw?.(blockOf(latest, terminal));
      const isOver = latest !== null && until(latest);
      if (isOver && mayEnd()) break;
      await pause(isOver ? 50 : display.lookAgainMs, AbortSignal.any([both, heard.woken.signal]));
    }
    return latest;
  };
  const looking = look().finally(() => done.abort());
  const [latest] = await Promise.all([looking, listen().finally(() => done.abort())]);
  return signal.aborted ? null : latest;
};

/** When something was last heard of the stream; `woken` fires at a change of state, which is worth a look. */
interface Heard {
  at: number;
  any: boolean;
  woken: AbortController;
}

/** One of three ways to show: JSON or plain lines of each event, a block that is redrawn, or nothing. */
const displayOf = ({ terminal, json, silent = false }: Watching) => {
  if (silent) return { print: null, draw: null, lookAgainMs };
  if (json) return { print: (one: Progress) => terminal.json(one), draw: null, lookAgainMs };
  if (terminal.isInteractive) return { print: null, draw: createLiveBlock(terminal).draw, lookAgainMs: redrawEveryMs };
  return {
    print: (one: Progress) => terminal.print(progressLine(one, Date.now(), terminal.colour)),
    draw: null,
    lookAgainMs,
  };
};

const isQuiet = ({ at, any }: Heard): boolean =>
  performance.now() - at > (any ? quietMs.afterEvents : quietMs.beforeAny);

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};

/** A control plane that restarts is the stream's matter, which has the patience; a look that misses it sees nothing. */
const whenThere = async (look: Promise<Watched>): Promise<Watched | null> => {
  try {
    return await look;
  } catch (error) {
    if (error instanceof Failure && error.code === 'server-unreachable') return null;
    throw error;
  }
};

/** Reads what is watched as it stands. */
export const read = async (client: Client, subject: Subject): Promise<Watched> => {
  if ('delivery' in subject) return { kind: 'delivery', delivery: await client.call('delivery', subject) };
  const climb = await client.call('climb', subject);
  const deliveries = await Promise.all(climb.deliveries.map((delivery) => client.call('delivery', { delivery })));
  return { kind: 'climb', climb, deliveries };
};

export const blockOf = (watched: Watched, { colour }: Terminal): string[] =>
  watched.kind === 'climb'
    ? climbBlock(watched.climb, watched.deliveries, Date.now(), colour)
    : deliveryBlock(watched.delivery, Date.now(), colour);

export const hasEnded = (watched: Watched): boolean =>
  watched.kind === 'climb'
    ? ['succeeded', 'failed', 'superseded'].includes(watched.climb.state)
    : endedStates.includes(watched.delivery.state);

export const hasSucceeded = (watched: Watched): boolean => thingOf(watched).state === 'succeeded';

/** The deliveries that wait for a person or for the end of a freeze: nobody needs to look on meanwhile. */
export const standing = (watched: Watched): readonly Delivery[] =>
  (watched.kind === 'climb' ? watched.deliveries : [watched.delivery]).filter(
    ({ state }) => state === 'awaiting-approval' || state === 'held',
  );

export const thingOf = (watched: Watched): Climb | Delivery =>
  watched.kind === 'climb' ? watched.climb : watched.delivery;
