import { Failure } from '@plumbline/contract/failure';
import type { Database, Transaction } from '../kernel/database.ts';
import { type Log, silentLog } from '../kernel/log.ts';
import { sleep } from '../kernel/wait.ts';
import { type AddressBook, address } from './addressed.ts';
import { type Answer, nextAttempt } from './next-attempt.ts';
import { type Claimed, claimDue, endAttempt } from './notification-table.ts';
import { noticesToRoute, routeNotice } from './outbox-table.ts';
import { post, postWithinMs } from './post.ts';
import { receiversOf } from './receivers.ts';

export interface SenderOptions extends AddressBook {
  readonly database: Database;
  /** Under which name it claims. */
  readonly instance: string;
  /** Throws unless this control plane may act. */
  guard(tx: Transaction): Promise<void>;
  /** Ends the sending. */
  readonly signal: AbortSignal;
  readonly log?: Log;
  /** Between two looks. Default 1 s. */
  readonly everyMs?: number;
  /** How long an attempt may take. Default 10 s. */
  readonly withinMs?: number;
  /** How long nobody else tries what this one has claimed. Default three times `withinMs`. */
  readonly claimMs?: number;
}

/** One message each to so many receivers at once. */
const atOnce = 16;
/** How long what is under way may still take when the sending ends. */
const graceMs = 2_000;

/**
 * Sends what the outbox holds, until the signal fires: tells receivers apart, claims, posts, and writes down how it went.
 * Whoever dies between posting and writing down leaves a claim that runs out, and the message is sent once more: at least
 * once, with the same id. Nobody waits for it; a slow receiver holds up its own messages alone. Resolves when it has ended.
 */
export const keepSending = async (options: SenderOptions): Promise<void> => {
  const { everyMs = 1_000, log = silentLog, signal } = options;
  const cut = new AbortController();
  const underWay = new Set<Promise<void>>();
  let wake: () => void = () => undefined;
  let lastWords: string | undefined;
  const warn = (error: unknown) => {
    // Once for as long as it is the same: a description that is being edited is looked at every second.
    if (String(error) !== lastWords) log.warn('Sending notifications failed', { error });
    lastWords = String(error);
  };

  while (!signal.aborted) {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    // The next look finds the same rows: nothing is lost by one that failed.
    await look(options, atOnce - underWay.size, (sending) => {
      const done = sending(cut.signal)
        .catch(warn)
        .finally(() => {
          underWay.delete(done);
          wake();
        });
      underWay.add(done);
    }).catch(warn);
    await Promise.race([woken, sleep(everyMs, signal).catch(() => undefined)]);
  }
  const tooLate = new Failure('interrupted', 'The sending has ended.');
  const grace = setTimeout(() => cut.abort(tooLate), graceMs);
  await Promise.all(underWay);
  clearTimeout(grace);
};

type Sending = (signal: AbortSignal) => Promise<void>;

const look = async (options: SenderOptions, room: number, begin: (sending: Sending) => void): Promise<void> => {
  const { database, guard, instance, withinMs = postWithinMs, claimMs = 3 * withinMs } = options;
  await route(options);
  if (room === 0) return;
  const claimedAt = performance.now();
  const due = await database.transaction(async (tx) => {
    await guard(tx);
    return claimDue(tx, { by: instance, forMs: claimMs, limit: room });
  });
  for (const one of due)
    begin(async (signal) => {
      // A process that was stopped meanwhile must not send what somebody else may have claimed by now.
      if (performance.now() - claimedAt < claimMs - withinMs) await send(options, one, signal);
    });
};

/** Finds out who is to be told of what is new. */
const route = async ({ database, described, guard }: SenderOptions): Promise<void> => {
  const notices = await noticesToRoute(database);
  if (notices.length === 0) return;
  const { description } = await described();
  await database.transaction(async (tx) => {
    await guard(tx);
    for (const one of notices) await routeNotice(tx, one, receiversOf(description, one));
  });
};

const send = async (options: SenderOptions, one: Claimed, signal: AbortSignal): Promise<void> => {
  const { database, log = silentLog } = options;
  const answer = await ask(options, one, signal);
  // Cut off: whether it has arrived is not known, and the claim runs out.
  if (answer === null) return;
  const end = nextAttempt(one.attempts, answer, Date.now(), Math.random());
  await endAttempt(database, one, end);
  if (end.kind === 'failed')
    log.warn('A notification could not be sent', {
      notice: one.notice.id,
      notifier: one.notifier,
      because: end.because,
    });
};

const ask = async (options: SenderOptions, one: Claimed, signal: AbortSignal): Promise<Answer | null> => {
  const { withinMs = postWithinMs } = options;
  const addressed = await address(options, one.notifier, one.notice);
  if (addressed.kind === 'not-now') return { kind: 'no-answer', because: addressed.because };
  try {
    return await post({ ...addressed.post, withinMs }, signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
};
