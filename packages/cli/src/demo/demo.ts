import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../client.ts';
import { stageClock, type TimedStage } from './clock.ts';
import { leftBehind } from './left-behind.ts';
import { type Load, startLoad } from './load/load.ts';
import { readBack } from './load/read-back.ts';
import { type People, welcomePeople } from './people.ts';
import { arrived, atTheTop, durationsOf, openStation, type Station, topOf } from './station.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** What the demo found. All is well when nothing failed, was lost, doubled or mixed, the audit verifies and nothing is left. */
export interface DemoReport {
  readonly commit: string;
  readonly requests: {
    readonly sent: number;
    readonly failed: number;
    readonly failures: readonly string[];
    readonly byKind: Readonly<Record<string, number>>;
    readonly byRelease: Readonly<Record<string, number>>;
  };
  readonly writes: { readonly acknowledged: number; readonly lost: number; readonly duplicated: number };
  readonly visitors: { readonly pageLoads: number; readonly mixed: number };
  readonly audit: { readonly verified: boolean; readonly records: number };
  readonly stages: readonly TimedStage[];
  readonly left: readonly string[];
}

export interface DemoOptions {
  readonly checkout: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Fewer would say little about what fails once in ten thousand. */
const leastRequests = 20_000;
const requestsPerSecond = 320;

/** Ships a checkout through its whole path, then ships, goes back and ships again under load, and leaves nothing behind. */
export const runDemo = async ({ checkout, say, signal }: DemoOptions): Promise<DemoReport> => {
  const clock = stageClock(say);
  const workshop = await openWorkshop(checkout);
  try {
    const station = await clock.time('start', () => openStation(workshop, say, signal));
    const found = await inStation(workshop, station, clock, say, signal);
    const left = await clock.time('stop', () => leftBehind(workshop, station));
    return { commit: workshop.commit, ...found, stages: clock.stages, left };
  } finally {
    await workshop.remove();
  }
};

type Clock = ReturnType<typeof stageClock>;

const inStation = async (
  workshop: Workshop,
  station: Station,
  clock: Clock,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<DemoReport, 'commit' | 'stages' | 'left'>> => {
  try {
    const approver = await secondPerson(station);
    const release = await clock.time('ship the checkout to production', () =>
      shipped(station, approver, undefined, say, signal),
    );
    const top = await topOf(station);
    const people = await welcomePeople(workshop, station, release, top);
    const load = startLoad({ ...people, origin: top.address, perSecond: requestsPerSecond });
    await underLoad({ station, approver, load, clock, say, signal });
    return await clock.time('read everything back', () => report(station, load, people, top.address));
  } catch (error) {
    say('the demo failed; what Plumbline printed is above, what it keeps is removed');
    await station.stop();
    throw error;
  }
};

interface Loaded {
  readonly station: Station;
  readonly approver: Client;
  readonly load: Load;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const underLoad = async ({ station, approver, load, clock, say, signal }: Loaded): Promise<void> => {
  try {
    const { name } = await topOf(station);
    const second = await clock.time('ship a second release under load', () =>
      shipped(station, approver, 'second', say, signal),
    );
    await clock.time('go back under load', async () => {
      const delivery = await station.person.call('rollBack', { environment: name, reason: 'the demo goes back' });
      return arrived(station, delivery.id, signal);
    });
    await clock.time('ship again under load', () => deliveredAgain(station, approver, name, second.id, signal));
    while (load.tally.sent < leastRequests) await delay(250, undefined, { signal });
  } finally {
    await load.stop();
  }
};

/** Whoever asks for a delivery to production cannot approve it: the demo is two people. */
const secondPerson = async (station: Station): Promise<Client> => {
  const { token } = await station.person.call('createToken', { name: 'demo approver', role: 'approver', days: 1 });
  return station.as(token);
};

const shipped = async (
  station: Station,
  approver: Client,
  stamp: string | undefined,
  say: (line: string) => void,
  signal: AbortSignal,
) => {
  const asked = await station.person.call('ship', {
    stamp,
    reason: stamp === undefined ? undefined : 'the demo ships a change',
  });
  const climb = await atTheTop(station, approver, asked.id, signal);
  for (const line of await durationsOf(station, climb)) say(`  ${line}`);
  return station.person.call('release', { release: String(climb.release) });
};

/** The release that was gone back from is still verified below: only its approval is asked for again. */
const deliveredAgain = async (
  station: Station,
  approver: Client,
  environment: string,
  release: string,
  signal: AbortSignal,
) => {
  const asked = await station.person.call('deliver', { environment, release, reason: 'the demo ships again' });
  return arrived(station, asked.id, signal, approver);
};

const report = async (station: Station, { tally }: Load, people: People, origin: string) => {
  const writes = await readBack(origin, people.lenderToken, people.projects, tally.writes);
  const verification = await station.person.call('auditVerification', {});
  return {
    requests: {
      sent: tally.sent,
      failed: tally.failed,
      failures: tally.failures,
      byKind: Object.fromEntries(tally.byKind),
      byRelease: Object.fromEntries(tally.byRelease),
    },
    writes,
    visitors: { pageLoads: tally.pages, mixed: tally.mixed },
    audit: { verified: verification.ok, records: verification.records },
  };
};
