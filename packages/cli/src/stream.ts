import { setTimeout as sleep } from 'node:timers/promises';
import { logLine } from '@plumbline/contract/agent';
import { type Progress, progress } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import { type CallInput, type Client, failureOf } from './client.ts';

/** How long a stream that was cut is taken up again before it is given up. */
const patienceMs = 60_000;

export interface Following {
  readonly signal: AbortSignal;
  /** Told once each time that the control plane goes away. */
  readonly whenCut?: () => void;
}

/** Progress as it happens, over cuts and restarts of the control plane, nothing twice. Ends with the signal. */
export async function* followProgress(
  client: Client,
  query: CallInput<'events'>,
  following: Following,
): AsyncGenerator<Progress> {
  let last = query.after === undefined ? undefined : Number(query.after);
  const open = () =>
    client.open('events', query, { signal: following.signal, ...(last !== undefined && { lastEventId: last }) });
  for await (const data of resumed(open, following)) {
    const one = progress.parse(data);
    last = one.seq;
    yield one;
  }
}

/** What replicas print. A followed log goes on after a cut; lines that were printed meanwhile are not repeated. */
export async function* followLogs(client: Client, query: CallInput<'logs'>, following: Following) {
  let again = query;
  const open = () => client.open('logs', again, { signal: following.signal });
  for await (const data of resumed(open, following)) {
    again = { ...query, tail: 0 };
    yield logLine.parse(data);
  }
}

type Outcome =
  | { readonly is: 'ended' }
  | { readonly is: 'cut'; readonly gaveSomething: boolean; readonly error: unknown };

async function* resumed(
  open: () => Promise<Dispatcher.ResponseData>,
  { signal, whenCut }: Following,
): AsyncGenerator<unknown> {
  let awaySince: number | null = null;
  while (!signal.aborted) {
    const outcome = yield* untilCut(open, signal);
    if (outcome.is === 'ended') return;
    if (outcome.gaveSomething) awaySince = null;
    if (isTooLong(awaySince)) throw outcome.error;
    if (awaySince === null) whenCut?.();
    awaySince ??= Date.now();
    await sleep(300, undefined, { signal }).catch(() => undefined);
  }
}

async function* untilCut(
  open: () => Promise<Dispatcher.ResponseData>,
  signal: AbortSignal,
): AsyncGenerator<unknown, Outcome> {
  let gaveSomething = false;
  try {
    for await (const event of messages(await open())) {
      gaveSomething = true;
      if (event.event === 'end') return { is: 'ended' };
      yield dataOf(event);
    }
    return { is: 'cut', gaveSomething, error: new Failure('server-unreachable', 'the stream was cut') };
  } catch (error) {
    if (signal.aborted) return { is: 'ended' };
    if (isCut(error)) return { is: 'cut', gaveSomething, error };
    throw error;
  }
}

const dataOf = (event: EventSourceMessage): unknown => {
  if (event.event === 'problem') throw failureOf(event.data, 500, 'the control plane');
  return JSON.parse(event.data);
};

const isTooLong = (awaySince: number | null): boolean => awaySince !== null && Date.now() - awaySince > patienceMs;

/** A cut connection, or a control plane that is not there at the moment. */
const isCut = (error: unknown): boolean => error instanceof Failure && error.code === 'server-unreachable';

async function* messages(answer: Dispatcher.ResponseData): AsyncGenerator<EventSourceMessage> {
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void ready.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of uncut(answer.body)) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}

/** Whatever goes wrong while a body is read is a cut: undici has many names for the end of a process at the other side. */
async function* uncut(body: Dispatcher.ResponseData['body']): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new Failure('server-unreachable', 'the stream was cut', { cause });
  }
}
