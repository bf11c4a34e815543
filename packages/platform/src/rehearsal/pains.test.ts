import { expect, test } from 'vitest';
import { rehearse } from './rehearse.ts';
import { api, failing, type Given, rehearsal, web } from './testing/rehearsals.ts';

/** What other delivery systems suffer from, one test each; the ones about several deliveries are beside `pipeline/deliver.ts`. */
const run = (given: Given, more: { readonly withTimeline?: boolean } = {}) =>
  rehearse(rehearsal(given), { seed: 7, ...more });

const paused = [
  { weightPercent: 10, pause: true },
  { weightPercent: 100, pause: false },
];
const nobody = { [api]: 0, [web]: 0 };
const minutes = (many: number) => many * 60_000;

test('weight before capacity: visitors come to the candidate no faster than its replicas get ready', async () => {
  const slow = { start: { kind: 'gets-ready', afterMs: 20_000 }, phases: [] } as const;
  const end = await run({ steps: [5, 100], scenario: { candidate: slow } }, { withTimeline: true });
  expect(end).toMatchObject({ outcome: 'succeeded', broken: [], candidate: { failed: 0 } });
  const weights = end.timeline.filter(({ step }) => step === 'weight').map(({ sharePercent }) => sharePercent);
  expect(weights).toEqual([5, 33, 100]);
});

test('abort while paused: the weight is 0 within one look', async () => {
  const end = await run({
    steps: paused,
    scenario: { people: [{ what: 'abort', step: '10 %', afterMs: minutes(10) }], patienceMs: minutes(60) },
  });
  expect(end).toMatchObject({ outcome: 'aborted', broken: [] });
  expect(end.backAfterMs).toBeLessThan(minutes(10) + 600);
});

test('an approval waiting while the candidate fails: it goes back although nobody came', async () => {
  const candidate = failing(1, { afterMs: minutes(12) });
  const end = await run({ steps: paused, scenario: { candidate, patienceMs: minutes(60) } });
  expect(end).toMatchObject({ outcome: 'failed', broken: [] });
  expect(end.candidate.failed).toBeLessThan(30);
});

test('a failure after 100 %: the old slot is warm, and has every visitor within seconds', async () => {
  const candidate = failing(0.5, { fromWeightPercent: 100, afterMs: 30_000 });
  const end = await run({ strategy: 'blue-green', scenario: { candidate } });
  expect(end).toMatchObject({ outcome: 'failed', broken: [] });
  expect(end.backAfterMs).toBeLessThan(33_000);
  expect(end.arrivals.map(({ step }) => step)).toEqual(['fill', 'switch', 'take back', 'leave']);
});

/** Stuck between the order of 5 % and the target. */
const stuck = (actsLateMs: number) => ({ at: { boundary: 15 }, backAfterMs: 0, actsLateMs });

test('two control planes at once: the one that was thought dead can do nothing any more', async () => {
  const end = await run({ scenario: { deaths: [stuck(2_000)] } });
  expect(end).toMatchObject({ outcome: 'succeeded', broken: [] });
  expect(end.arrivals.slice(1, 3).map(({ step, effect }) => [step, effect])).toEqual([
    ['5 %', 'changed'],
    ['5 %', 'refused'],
  ]);
});

test('a late duplicate step after the end changes nothing', async () => {
  const end = await run({ scenario: { deaths: [stuck(minutes(30))] } });
  expect(end).toMatchObject({ outcome: 'succeeded', broken: [] });
  expect(end.arrivals.slice(-2).map(({ step, effect }) => [step, effect])).toEqual([
    ['promote', 'changed'],
    ['5 %', 'refused'],
  ]);
});

test('no traffic at all: probes bring the verdict', async () => {
  const end = await run({ scenario: { requestsPerSecond: nobody } });
  expect(end).toMatchObject({ outcome: 'succeeded', broken: [], unproven: [] });
});

test('no traffic and no probes: a person is asked, for silence passes nothing', async () => {
  const end = await run({ scenario: { requestsPerSecond: nobody, probes: 'none' } });
  expect(end).toMatchObject({ outcome: 'waiting', broken: [] });
  expect(end.because).toContain('no verdict after 300 s: api needs at least 73 more requests');
});

test('stable already bad: the candidate that fails alike is not to blame', async () => {
  const end = await run({ scenario: { candidate: failing(0.2), stable: failing(0.2) } });
  expect(end).toMatchObject({ outcome: 'waiting', broken: [] });
  expect(end.because).toContain('the candidate is not to blame');
});

test('metrics missing for a while: nothing is counted twice, and nothing passes meanwhile', async () => {
  // Two or three of the first requests fail: not enough for a verdict, but twice as many would be.
  const { start } = failing(0);
  const phases = [failing(0.5, { fromWeightPercent: 5 }), failing(0, { fromWeightPercent: 5, afterMs: 2_000 })];
  const candidate = { start, phases: phases.flatMap((one) => one.phases) };
  const faults = [10_000, 20_000, 30_000].map((atMs) => ({ kind: 'counts-missing' as const, atMs, forMs: 2_000 }));
  const end = await run({ scenario: { candidate, faults } });
  expect(end.candidate.failed).toBeGreaterThan(1);
  expect(end).toMatchObject({ outcome: 'succeeded', broken: [] });
});

test('a replica that is lost for good in the middle asks a person, though nobody failed', async () => {
  const lost = { kind: 'replicas-die', atMs: 20_000, side: 'stable', service: null, count: 1, forGood: true } as const;
  const end = await run({ scenario: { faults: [lost] } });
  expect(end).toMatchObject({ outcome: 'waiting', broken: [] });
  expect(end.because).toContain('its machine is gone');
});

test('probes that never meet the fault do not hide it from a verdict that visitors bring', async () => {
  const end = await run({ scenario: { candidate: failing(0.05), probes: 'always-well' } });
  expect(end).toMatchObject({ outcome: 'failed', broken: [] });
  expect(end.trafficMinutes).toBeLessThan(0.3);
});
