import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../client.ts';
import { abortCanary, deliverBy, type Exposure, playBadReleases, type Theatre } from './acts.ts';
import { putFaultsIn } from './bad-release.ts';
import { stageClock, type TimedStage } from './clock.ts';
import { bakeFor, commitAll } from './edit.ts';
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
  /** What visitors met of the bad releases, which were taken back without a hand: no failure of Plumbline's. */
  readonly exposures: readonly Exposure[];
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
const requestsPerSecond = 300;

/** Ships a checkout through its whole path, then ships, goes back and ships again under load, and leaves nothing behind. */
export const runDemo = async ({ checkout, say, signal }: DemoOptions): Promise<DemoReport> => {
  const clock = stageClock(say);
  const workshop = await openWorkshop(checkout);
  try {
    await putFaultsIn(workshop);
    await bakeFor(workshop, '3s');
    await commitAll(workshop, 'The backend has faults that settings alone bring out, and bakes are short');
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
      shipped(station, approver, {}, say, signal),
    );
    const top = await topOf(station);
    const people = await welcomePeople(workshop, station, release, top);
    const load = startLoad({ ...people, origin: top.address, perSecond: requestsPerSecond });
    const theatre = { workshop, station, approver, load, clock, environment: top.name, signal };
    const exposures = await underLoad(theatre, release.id, say);
    return await clock.time('read everything back', () => report(station, load, people, top.address, exposures));
  } catch (error) {
    say('the demo failed; what it keeps is removed');
    for (const left of await leftBehind(workshop, station)) say(`left behind: ${left}`);
    throw error;
  }
};

/** Everything that may happen to production, while visitors are there. */
const underLoad = async (
  theatre: Theatre,
  first: string,
  say: (line: string) => void,
): Promise<readonly Exposure[]> => {
  const { station, approver, load, clock, environment, signal } = theatre;
  try {
    const second = await clock.time('ship a second release under load', () =>
      shipped(station, approver, { stamp: 'second', reason: 'the demo ships a change' }, say, signal),
    );
    await clock.time('go back under load', async () => {
      const delivery = await station.person.call('rollBack', { environment, reason: 'the demo goes back' });
      return arrived(station, delivery.id, signal);
    });
    await clock.time('ship again by blue-green', () => deliverBy(theatre, 'blue-green', second.id));
    await clock.time('ship by canary', () => deliverBy(theatre, 'canary', first));
    await clock.time('abort a canary by hand', () => abortCanary(theatre, second.id));
    const exposures = await playBadReleases(theatre, second.id);
    while (load.tally.sent < leastRequests) await delay(250, undefined, { signal });
    return exposures;
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
  request: { readonly stamp?: string; readonly reason?: string },
  say: (line: string) => void,
  signal: AbortSignal,
) => {
  const asked = await station.person.call('ship', request);
  const climb = await atTheTop(station, approver, asked.id, signal);
  for (const line of await durationsOf(station, climb)) say(`  ${line}`);
  return station.person.call('release', { release: String(climb.release) });
};

const report = async (
  station: Station,
  { tally }: Load,
  people: People,
  origin: string,
  exposures: readonly Exposure[],
) => {
  const exposed = exposures.reduce((sum, { failed }) => sum + failed, 0);
  const writes = await readBack(origin, people.lenderToken, people.projects, tally.writes);
  const verification = await station.person.call('auditVerification', {});
  return {
    requests: {
      sent: tally.sent,
      failed: tally.failed - exposed,
      failures: tally.failures,
      byKind: Object.fromEntries(tally.byKind),
      byRelease: Object.fromEntries([...tally.byRelease].map(([release, { answered }]) => [release, answered])),
    },
    exposures,
    writes,
    visitors: { pageLoads: tally.pages, mixed: tally.mixed },
    audit: { verified: verification.ok, records: verification.records },
  };
};
