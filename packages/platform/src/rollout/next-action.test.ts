import { type Observation, observation, type Replica } from '@plumbline/contract/agent';
import { environmentName, releaseId, serviceName } from '@plumbline/contract/names';
import type { Shape } from '@plumbline/contract/shape';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../monitoring/verdict.ts';
import type { Facts } from './facts.ts';
import { nextAction, nextOnTheWayBack, nextWhileBaking, type Position } from './next-action.ts';
import type { Rules } from './without-verdict.ts';

const api = serviceName.parse('api');
const release = releaseId.parse('r-000000000002');
const old = releaseId.parse('r-000000000001');
const shape: Shape = {
  stable: 'blue',
  slots: { blue: null, green: { release, replicas: { [api]: 2 } } },
  candidateWeightPercent: 50,
};
const step = { name: 'fill', shape, because: '', smoke: true, judged: false, pause: false };

const rules: Rules = { verdictWithinMs: 60_000, atDeadline: 'ask' };

const position = (given: Partial<Position> = {}): Position => ({
  step,
  candidate: 'green',
  smoke: { kind: 'passed' },
  settleWithinMs: 30_000,
  rules,
  ...given,
});

const replica = (given: Partial<Replica> = {}): Replica => ({
  id: 'api-1',
  service: api,
  slot: 'green',
  release,
  state: 'ready',
  since: 0,
  pid: 1,
  port: 1,
  restarts: 0,
  because: null,
  lastLines: [],
  inFlight: 0,
  ...given,
});

const seen = (given: Partial<Observation> = {}): Observation =>
  observation.parse({
    environment: 'production',
    revision: 1,
    generation: 1,
    shape: { ...shape, environment: 'production', generation: 1, holder: 'd-1', step: 'fill' },
    converged: true,
    candidateWeightPercent: 50,
    replicas: [replica(), replica({ id: 'api-2' })],
    counts: {},
    slotCounts: { blue: {}, green: {} },
    countsAgeMs: 0,
    stores: [],
    addresses: { name: '', plain: '', candidate: '' },
    now: 0,
    ...given,
  });

const facts = (given: Partial<Facts> = {}): Facts => ({
  observation: seen(),
  sinceBeginMs: 0,
  sinceSettledMs: null,
  unsettledMs: 0,
  verdict: null,
  abort: null,
  proceed: null,
  hold: null,
  ...given,
});

describe('a rollout that is held by a freeze', () => {
  const hold = { because: 'production is frozen' };

  test('stays where it is once it is settled', () => {
    expect(nextAction(position(), facts({ hold }))).toMatchObject({ kind: 'wait', heldBy: 'freeze', ...hold });
  });

  test('comes to its end when nothing follows that could be held back', () => {
    expect(nextAction(position({ isLast: true }), facts({ hold })).kind).toBe('settled');
  });

  test('still waits for what is missing, and gives up a candidate that is ill', () => {
    const starting = seen({ converged: false });
    expect(nextAction(position(), facts({ hold, observation: starting }))).toMatchObject({ heldBy: null });
    const ill = seen({ converged: false, replicas: [replica({ state: 'restarting', restarts: 2 })] });
    expect(nextAction(position(), facts({ hold, observation: ill })).kind).toBe('go-back');
  });

  test('is tried by the smoke test all the same', () => {
    expect(nextAction(position({ smoke: { kind: 'not-run' } }), facts({ hold })).kind).toBe('smoke');
  });

  test('can be aborted', () => {
    const abort = { by: 'ann', because: 'wrong numbers', isSuperseded: false };
    expect(nextAction(position(), facts({ hold, abort })).kind).toBe('go-back');
  });

  test('is watched in its bake, and goes back, as if nothing held it', () => {
    expect(nextWhileBaking(facts({ hold, sinceBeginMs: 10 }), 10, rules).kind).toBe('settled');
    expect(nextOnTheWayBack(position(), facts({ hold })).kind).toBe('settled');
  });
});

describe('a rollout', () => {
  test('waits for what is missing and says what that is', () => {
    const observation = seen({
      converged: false,
      replicas: [replica(), replica({ id: 'api-2', state: 'starting', because: 'GET /ready answered 503' })],
    });
    expect(nextAction(position(), facts({ observation }))).toEqual({
      kind: 'wait',
      heldBy: null,
      probes: false,
      because: 'api: 1 of 2 ready in green (GET /ready answered 503)',
    });
  });

  test('tries the candidate once it is settled, and goes on when that passed', () => {
    expect(nextAction(position({ smoke: { kind: 'not-run' } }), facts()).kind).toBe('smoke');
    expect(nextAction(position(), facts()).kind).toBe('settled');
  });

  test('goes back with the words of a failed smoke test', () => {
    const smoke = { kind: 'failed' as const, because: 'GET /: answered 500' };
    expect(nextAction(position({ smoke }), facts())).toEqual({
      kind: 'go-back',
      outcome: 'failed',
      because: smoke.because,
    });
  });

  test('gives a crashing candidate up long before its deadline, with its last lines', () => {
    const crashing = replica({
      state: 'restarting',
      restarts: 2,
      because: 'exited with code 1',
      lastLines: ['no module "x"'],
    });
    const action = nextAction(
      position(),
      facts({ observation: seen({ converged: false, replicas: [crashing] }), sinceBeginMs: 900 }),
    );
    expect(action).toEqual({
      kind: 'go-back',
      outcome: 'failed',
      because: 'api exited with code 1, 2 times\napi-1 | no module "x"',
    });
  });

  test('does not blame the candidate for a stable replica that crashes', () => {
    const crashing = replica({ slot: 'blue', state: 'restarting', restarts: 9, because: 'exited with code 1' });
    const observation = seen({ converged: false, replicas: [replica(), replica({ id: 'api-2' }), crashing] });
    expect(nextAction(position(), facts({ observation })).kind).toBe('wait');
  });

  test('gives up a candidate that is not ready at the deadline, and not before', () => {
    const observation = seen({
      converged: false,
      replicas: [replica({ state: 'starting', because: 'GET /ready answered 503' })],
    });
    expect(nextAction(position(), facts({ observation, sinceBeginMs: 30_000 })).kind).toBe('wait');
    const late = nextAction(position(), facts({ observation, sinceBeginMs: 30_001 }));
    expect(late).toMatchObject({ kind: 'go-back', because: expect.stringContaining('after 30 s: api: 0 of 2 ready') });
  });

  test('heeds an abort before anything else', () => {
    const action = nextAction(
      position(),
      facts({ abort: { by: 'ann', because: 'wrong release', isSuperseded: false } }),
    );
    expect(action).toEqual({ kind: 'go-back', outcome: 'aborted', because: 'aborted by ann: wrong release' });
  });

  test('is not settled while the target still holds an earlier shape', () => {
    const shapeBefore = {
      ...shape,
      candidateWeightPercent: 0,
      environment: 'production',
      generation: 1,
      holder: 'd-1',
      step: 'x',
    };
    const earlier = observation.parse({ ...seen(), shape: shapeBefore });
    expect(nextAction(position(), facts({ observation: earlier })).kind).toBe('wait');
  });
});

const verdict = (kind: Verdict['kind'], because = 'these numbers'): Verdict => ({
  kind,
  because,
  readings: [],
  needs: [],
});
const judged = position({ step: { ...step, name: '5 %', smoke: false, judged: true } });

describe('a step that needs a verdict', () => {
  test.each([
    ['pass', { kind: 'settled', because: 'these numbers', unproven: false }],
    ['warn', { kind: 'wait', heldBy: 'person', probes: false, because: 'these numbers' }],
    ['fail', { kind: 'go-back', outcome: 'failed', because: 'these numbers' }],
    ['inconclusive', { kind: 'wait', heldBy: null, probes: false, because: 'these numbers' }],
  ] as const)('on %s', (kind, action) => {
    expect(nextAction(judged, facts({ verdict: verdict(kind) }))).toMatchObject(action);
  });

  test.each([
    ['who do not come', 0, 6_000, true],
    ['who come too rarely', 5, 6_000, true],
    ['who bring the verdict in time', 9, 6_000, false],
    ['of whom nobody knows yet how often they come', 0, 4_000, false],
  ])('is helped by probes beside visitors %s', (_, visitorsAtStep, sinceSettledMs, probes) => {
    const needs = [{ service: api, moreRequests: 73, visitorsAtStep, isUnread: false }];
    const few = facts({ sinceSettledMs, verdict: { ...verdict('inconclusive'), needs } });
    expect(nextAction(judged, few)).toMatchObject({ kind: 'wait', probes });
  });

  test('is not passed by silence', () => {
    expect(nextAction(judged, facts({ sinceSettledMs: 59_000 })).kind).toBe('wait');
  });

  test.each([
    ['ask', { kind: 'wait', heldBy: 'person' }],
    ['go-on', { kind: 'settled', unproven: true }],
  ] as const)('at its deadline, where the environment says %s', (atDeadline, action) => {
    const late = facts({ sinceSettledMs: 60_001, verdict: verdict('inconclusive') });
    expect(nextAction({ ...judged, rules: { ...rules, atDeadline } }, late)).toMatchObject(action);
  });

  test('goes on when a person says so, but not with a candidate that fails', () => {
    const proceed = { by: 'bob' };
    expect(nextAction(judged, facts({ proceed, verdict: verdict('warn') })).kind).toBe('settled');
    expect(nextAction(judged, facts({ proceed, verdict: verdict('fail') })).kind).toBe('go-back');
  });

  test('fails also while replicas are not as wanted', () => {
    const observation = seen({ converged: false });
    expect(nextAction(judged, facts({ observation, verdict: verdict('fail') })).kind).toBe('go-back');
  });

  test('that was as wanted once is not given up at the deadline for its start, but a person is asked', () => {
    const observation = seen({ converged: false, replicas: [replica()] });
    const ill = { observation, sinceBeginMs: 90_000, sinceSettledMs: 80_000 };
    expect(nextAction(judged, facts({ ...ill, unsettledMs: 30_000 }))).toMatchObject({ kind: 'wait', heldBy: null });
    expect(nextAction(judged, facts({ ...ill, unsettledMs: 30_001 }))).toMatchObject({
      kind: 'wait',
      heldBy: 'person',
    });
  });

  test('gives way to a newer delivery', () => {
    const abort = { by: 'ann', because: 'ann asked for r-3', isSuperseded: true };
    expect(nextAction(judged, facts({ abort }))).toEqual({
      kind: 'go-back',
      outcome: 'superseded',
      because: 'ann asked for r-3',
    });
  });
});

test('a step with a pause waits for a person although the verdict is good', () => {
  const paused = position({ step: { ...judged.step, pause: true } });
  expect(nextAction(paused, facts({ verdict: verdict('pass') }))).toMatchObject({ kind: 'wait', heldBy: 'person' });
  expect(nextAction(paused, facts({ verdict: verdict('pass'), proceed: { by: 'bob' } })).kind).toBe('settled');
});

describe('a bake', () => {
  test('ends at once for a candidate that fails its visitors', () => {
    expect(nextWhileBaking(facts({ verdict: verdict('fail') }), 10_000, rules)).toMatchObject({ kind: 'go-back' });
  });

  test('that ends with a warning asks a person; one without a verdict is marked', () => {
    const over = { sinceBeginMs: 10_000 };
    expect(nextWhileBaking(facts({ ...over, verdict: verdict('warn') }), 10_000, rules)).toMatchObject({
      heldBy: 'person',
    });
    expect(nextWhileBaking(facts({ ...over, verdict: verdict('inconclusive') }), 10_000, rules)).toMatchObject({
      kind: 'settled',
      unproven: true,
    });
  });

  test.each([
    [9_999, 'wait'],
    [10_000, 'settled'],
  ])('of 10 s is after %i ms: %s', (sinceBeginMs, kind) => {
    expect(nextWhileBaking(facts({ sinceBeginMs }), 10_000, rules).kind).toBe(kind);
  });

  test('ends early for a candidate that crashes again and again', () => {
    const observation = seen({
      replicas: [replica({ state: 'restarting', restarts: 2, because: 'killed by SIGSEGV' })],
    });
    expect(nextWhileBaking(facts({ observation }), 10_000, rules)).toMatchObject({
      kind: 'go-back',
      outcome: 'failed',
    });
  });
});

describe('the way back', () => {
  const whole = { blue: { release: old, replicas: { [api]: 2 } } };
  const kept: Shape = {
    stable: 'blue',
    slots: { ...whole, green: { release, replicas: { [api]: 1 } } },
    candidateWeightPercent: 0,
  };
  const gone: Shape = { ...kept, slots: { ...whole, green: null } };
  const back = (to: Shape, lingerMs = 0) => position({ step: { ...step, shape: to, lingerMs } });
  const live = [replica({ id: 'api-3', slot: 'blue' }), replica({ id: 'api-4', slot: 'blue' })];
  const at = (to: Shape, given: Partial<Observation>) =>
    seen({
      shape: { ...to, environment: environmentName.parse('production'), generation: 1, holder: 'd-1', step: 'back' },
      candidateWeightPercent: 0,
      ...given,
    });

  test('waits for the live release alone: a candidate that crashes does not keep it', () => {
    const ill = replica({ state: 'restarting', restarts: 9 });
    const short = at(kept, { converged: false, replicas: [ill, ...live.slice(1)] });
    expect(nextOnTheWayBack(back(kept), facts({ observation: short })).kind).toBe('wait');
    const well = at(kept, { converged: false, replicas: [ill, ...live] });
    expect(nextOnTheWayBack(back(kept), facts({ observation: well })).kind).toBe('settled');
  });

  test('keeps what serves assets for a while, unless it is dead anyway', () => {
    const linger = back(kept, 5_000);
    const observation = at(kept, { replicas: [replica(), ...live] });
    expect(nextOnTheWayBack(linger, facts({ observation, sinceBeginMs: 4_999 })).kind).toBe('wait');
    expect(nextOnTheWayBack(linger, facts({ observation, sinceBeginMs: 5_000 })).kind).toBe('settled');
    const dead = at(kept, { replicas: live });
    expect(nextOnTheWayBack(linger, facts({ observation: dead, sinceBeginMs: 1 })).kind).toBe('settled');
  });

  test('does not end before the candidate has lost its visitors', () => {
    const observation = at(kept, { candidateWeightPercent: 50, replicas: live });
    expect(nextOnTheWayBack(back(kept), facts({ observation })).kind).toBe('wait');
  });

  test('goes on although somebody aborts, and calls a person only at the deadline', () => {
    const observation = at(gone, { converged: false, replicas: [] });
    const abort = { by: 'ann', because: '', isSuperseded: false };
    expect(nextOnTheWayBack(back(gone), facts({ observation, abort })).kind).toBe('wait');
    expect(nextOnTheWayBack(back(gone), facts({ observation, sinceBeginMs: 30_001 }))).toMatchObject({
      kind: 'go-back',
    });
  });
});
