import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Client } from '../client.ts';
import { type Fault, faults } from './bad-release.ts';
import type { stageClock } from './clock.ts';
import { edit } from './edit.ts';
import type { Load } from './load/load.ts';
import { approveWhatWaits, arrived, ended, type Station } from './station.ts';
import type { Workshop } from './workshop.ts';

/** What the acts of the demo play on. */
export interface Theatre {
  readonly workshop: Workshop;
  readonly station: Station;
  readonly approver: Client;
  readonly load: Load;
  readonly clock: ReturnType<typeof stageClock>;
  readonly environment: string;
  readonly signal: AbortSignal;
}

/** What visitors met of a candidate that was taken back. */
export interface Exposure {
  readonly fault: Fault;
  readonly release: string;
  readonly because: string;
  /** Requests that the candidate answered, and those of them that failed. */
  readonly answered: number;
  readonly failed: number;
  /** From the first request that it answered until it got none any more. */
  readonly ms: number;
}

const lookEveryMs = 50;

/** Sets how the environment is delivered to from now on. */
const setStrategy = ({ workshop, environment }: Theatre, strategy: string, fault?: Fault): Promise<void> => {
  const file = `environments/${environment}.yaml`;
  return edit(workshop, [
    [file, ['local', 'strategy'], strategy],
    [file, ['local', 'canary'], { steps: [10, 100] }],
    ...(fault ? [[file, ['variables', 'backend', 'FAULT'], fault] as const] : []),
  ]);
};

/** Delivers a release that is verified below by the strategy, and waits until it is live. */
export const deliverBy = async (theatre: Theatre, strategy: string, release: string): Promise<Delivery> => {
  await setStrategy(theatre, strategy);
  const { id } = await ask(theatre, release, `the demo ships by ${strategy}`);
  return arrived(theatre.station, id, theatre.signal, theatre.approver);
};

/** Begins a canary and changes its mind while visitors have it. */
export const abortCanary = async (theatre: Theatre, release: string): Promise<void> => {
  await setStrategy(theatre, 'canary');
  const { id } = await ask(theatre, release, 'the demo will change its mind');
  await firstAnswer(theatre, release, id);
  await theatre.approver.call('abort', { delivery: id, reason: 'the demo changed its mind' });
  const { state, because } = await ended(theatre.station, id, theatre.signal);
  if (state !== 'aborted') throw new Failure('rollout-failed', `${id} was aborted and is ${state}: ${because}`);
};

/** Delivers the bad release by canary with each of its faults; each has to be taken back without a hand. */
export const playBadReleases = async (theatre: Theatre, release: string): Promise<readonly Exposure[]> => {
  const exposures: Exposure[] = [];
  for (const fault of faults)
    exposures.push(await theatre.clock.time(`a bad release: ${fault}`, () => playBadRelease(theatre, release, fault)));
  return exposures;
};

const playBadRelease = async (theatre: Theatre, release: string, fault: Fault): Promise<Exposure> => {
  const { tally } = theatre.load;
  const before = tally.of(release);
  await setStrategy(theatre, 'canary', fault);
  const { id } = await ask(theatre, release, 'the demo ships a bad release');
  const began = await firstAnswer(theatre, release, id);
  const { state, because } = await ended(theatre.station, id, theatre.signal);
  if (state !== 'failed')
    throw new Failure('rollout-failed', `${id}, which is bad (${fault}), is ${state}: ${because}`);
  const after = tally.of(release);
  return {
    fault,
    release,
    because: because ?? '',
    answered: after.answered - before.answered,
    failed: after.failed - before.failed,
    ms: Math.round(Math.max(0, after.lastAt - began)),
  };
};

const ask = ({ station, environment }: Theatre, release: string, reason: string): Promise<Delivery> =>
  station.person.call('deliver', { environment, release, reason });

/** When the release answers a visitor for the first time from now on; approves it before. */
const firstAnswer = async (
  { station, approver, load, signal }: Theatre,
  release: string,
  id: Delivery['id'],
): Promise<number> => {
  const { answered } = load.tally.of(release);
  while (load.tally.of(release).answered === answered) {
    await approveWhatWaits(station, approver, id);
    const { endedAt } = await station.person.call('delivery', { delivery: id });
    if (endedAt !== null) break;
    await delay(lookEveryMs, undefined, { signal });
  }
  return performance.now();
};
