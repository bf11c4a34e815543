import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Climb } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Client } from '../client.ts';

const patienceMs = 60_000;

export interface Shipped {
  readonly climb: Climb;
  /** The checkout was on its way, or had arrived, before it was asked for. */
  readonly before: boolean;
}

/** Asks for the checkout to be shipped, once, even if the control plane dies meanwhile. What was shipped already is not shipped again. */
export const shipCheckout = async (pipeline: Client, signal: AbortSignal): Promise<Shipped> => {
  const idempotencyKey = randomUUID();
  const askedAt = Date.now();
  for (;;) {
    try {
      const climb = await pipeline.call('ship', {}, { signal, idempotencyKey });
      return { climb, before: climb.askedAt < askedAt };
    } catch (error) {
      const isAway = error instanceof Failure && error.code === 'server-unreachable';
      if (!isAway || Date.now() - askedAt > patienceMs) throw error;
      await sleep(300, undefined, { signal });
    }
  }
};

/** What became of the asking, in a sentence. */
export const shippedWords = ({ climb, before }: Shipped): string => {
  const what = [climb.commit?.slice(0, 7) ?? 'the checkout', climb.dirty ? 'with uncommitted work' : null]
    .filter(Boolean)
    .join(' ');
  if (!before) return `${climb.id} ships ${what} to ${climb.to.join(', ')}`;
  return climb.endedAt === null
    ? `${what} is on its way already: ${climb.id}`
    : `${what} was shipped by ${climb.id}: nothing to ship`;
};
