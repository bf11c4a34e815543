import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { listenToEvents } from './event-listener.ts';
import { type Pacer, pacer } from './pacer.ts';
import {
  cachedRead,
  type LogIn,
  list,
  logIn,
  page,
  type Request,
  type Stage,
  slowDownload,
  upload,
  write,
} from './requests.ts';
import { newTally, type Tally } from './tally.ts';
import { type Visitor, visitor } from './visitor.ts';

export interface LoadOptions {
  readonly origin: string;
  readonly lender: LogIn;
  readonly lenderToken: string;
  readonly projects: readonly string[];
  /** The project whose report is downloaded slowly. */
  readonly reported: string;
  /** Requests a second over all connections. Two shared cores take 300 to 400 beside everything else that runs on them. */
  readonly perSecond: number;
}

export interface Load {
  readonly tally: Tally;
  /** Stops sending and lets what is on its way end, for half a minute at most. */
  stop(): Promise<void>;
}

const quick = 36;
const slow = 2;
const listeners = 2;
const endsWithinMs = 30_000;

/** How often each kind comes, of a thousand. Log-ins cost a password hash each, uploads a megabyte. */
const mix: readonly (readonly [Request, number])[] = [
  [page, 220],
  [list, 270],
  [cachedRead, 380],
  [write, 120],
  [logIn, 5],
  [upload, 5],
];

/** Forty kept connections: quick visitors of both sorts, slow downloads, and listeners to the event stream. */
export const startLoad = (options: LoadOptions): Load => {
  const tally = newTally();
  const stopping = new AbortController();
  // Forty visitors wait for it: many listeners are no leak.
  setMaxListeners(0, stopping.signal);
  const pace = pacer(options.perSecond);
  let amountCents = 100;
  const stage: Stage = { ...options, tally, nextAmountCents: () => ++amountCents };
  const newVisitor = (index: number) =>
    visitor({ origin: options.origin, keepsCookies: index % 2 === 0, pacer: pace, tally, stopping: stopping.signal });
  const visitors = Array.from({ length: quick + slow }, (_, index) => newVisitor(index));
  const visits = [
    ...visitors.map((one, index) => visit(one, stage, stopping.signal, index < quick ? pick : () => slowDownload)),
    ...Array.from({ length: listeners }, () =>
      untilStopped(listen(options, pace, tally, stopping.signal), stopping.signal),
    ),
  ];
  return {
    tally,
    stop: async () => {
      stopping.abort();
      const enough = delay(endsWithinMs);
      await Promise.race([Promise.all(visits), enough]);
      await Promise.all(visitors.map((one) => one.leave()));
    },
  };
};

const visit = async (one: Visitor, stage: Stage, stopping: AbortSignal, next: () => Request): Promise<void> => {
  const go = async () => {
    while (!stopping.aborted) await next()(one, stage);
  };
  await untilStopped(go(), stopping);
};

const listen = (options: LoadOptions, pace: Pacer, tally: Tally, stopping: AbortSignal) =>
  listenToEvents({ origin: options.origin, token: options.lenderToken, pacer: pace, tally, stopping, listenMs: 4_000 });

/** Waiting for a turn that does not come any more is the way in which a visitor stops. */
const untilStopped = async (work: Promise<void>, stopping: AbortSignal): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!stopping.aborted) throw error;
  }
};

const total = mix.reduce((sum, [, share]) => sum + share, 0);

const pick = (): Request => {
  let left = Math.random() * total;
  for (const [request, share] of mix) {
    left -= share;
    if (left < 0) return request;
  }
  return page;
};
