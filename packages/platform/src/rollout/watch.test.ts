import { type Observation, observation } from '@plumbline/contract/agent';
import { expect, test } from 'vitest';
import type { Facts } from './facts.ts';
import type { Action } from './next-action.ts';
import { type WatchDeps, type WatchOrder, watch } from './watch.ts';

const nothing: Observation = observation.parse({
  environment: 'production',
  revision: 1,
  generation: 1,
  shape: null,
  converged: true,
  candidateWeightPercent: 0,
  replicas: [],
  counts: {},
  slotCounts: { blue: {}, green: {} },
  countsAgeMs: 0,
  stores: [],
  addresses: { name: '', plain: '', candidate: '' },
  now: 0,
});

/** A watch in which each look takes a second, with what was told. */
const watching = (holds: readonly Facts['hold'][]) => {
  let looks = 0;
  const told: (string | null)[] = [];
  const deps: WatchDeps = {
    observe: async () => {
      looks += 1;
      return nothing;
    },
    commands: async () => ({ abort: null, proceed: null }),
    hold: async () => holds[looks - 1] ?? null,
    probe: async () => ({}),
    tell: async (wait) => void told.push(wait && `${wait.heldBy}: ${wait.because}`),
    tellEveryMs: 0,
    monotonicMs: () => looks * 1_000,
  };
  return { deps, told };
};

const order = (decide: (facts: Facts) => Action): WatchOrder => ({
  at: 'fill',
  shape: { stable: 'blue', slots: { blue: null, green: null }, candidateWeightPercent: 0 },
  judging: null,
  decide,
});

const settled: Action = { kind: 'settled', because: '', unproven: false };
const held = (because: string): Action => ({ kind: 'wait', because, heldBy: 'freeze', probes: false });

test('what holds it is told once, and that it goes on', async () => {
  const frozen = { because: 'frozen' };
  const { deps, told } = watching([frozen, frozen]);
  const decide = ({ hold }: Facts): Action => (hold ? held(hold.because) : settled);
  await watch(deps)(order(decide), new AbortController().signal);
  expect(told).toEqual(['freeze: frozen', null]);
});

test('what an earlier life may have said is taken back at the first look', async () => {
  const { deps, told } = watching([]);
  await watch(deps)(
    order(() => settled),
    new AbortController().signal,
  );
  expect(told).toEqual([null]);
});
