import { type DeliveryPlan, deliveryPlan } from '@plumbline/contract/delivery';
import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { planText } from './plan.ts';

const content = (backend: number) => ({ release: 'r-0123456789ab', replicas: { backend } });

const plan = (changes: Partial<Record<keyof DeliveryPlan, unknown>> = {}): DeliveryPlan =>
  deliveryPlan.parse({
    environment: 'production',
    release: 'r-0123456789ab',
    from: 'r-ba9876543210',
    strategy: 'canary',
    steps: [step({ requestsNeeded: 130, verdictMs: 26_000 })],
    migrations: [],
    bakeMs: 15_000,
    wayBack: { expectedMs: 0, how: 'at once: r-ba9876543210 stays warm' },
    expectedMs: 372_000,
    warnings: [],
    settings: 'x',
    ...changes,
  });

const step = (changes: object) => ({
  name: '5 %',
  shape: { stable: 'blue', slots: { blue: content(2), green: content(1) }, candidateWeightPercent: 5 },
  because: 'the first visitors',
  expectedMs: 30_000,
  requestsNeeded: null,
  verdictMs: null,
  pause: false,
  ...changes,
});

const text = (one: DeliveryPlan): string => planText(one, createColors(false));

test('a plan says of each step its shape, its time, and what its verdict takes at the present traffic', () => {
  const row = text(plan())
    .split('\n')
    .find((line) => line.startsWith('5 %'));
  expect(row).toContain('blue 95 % (backend 2); green 5 % (backend 1)');
  expect(row).toContain('30 s');
  expect(row).toContain('130 requests, about 26 s');
  expect(row).toContain('the first visitors');
});

test('a plan tells the whole against 15 minutes, and the worst case of going back', () => {
  expect(text(plan())).toContain('about 6 min 12 s, of the 15 min that a delivery may take');
  expect(text(plan())).toMatch(/at once: r-ba9876543210 stays warm$/m);
  const cold = { expectedMs: 8_000, how: 'r-ba9876543210 gets its replicas back' };
  expect(text(plan({ wayBack: cold }))).toContain('gets its replicas back, at worst about 8 s');
});

test('a verdict that no visitor brings nearer says so, and warnings come last', () => {
  const silent = plan({ steps: [step({ requestsNeeded: 130 })], warnings: ['5 %: then a person is asked'] });
  expect(text(silent)).toContain('130 requests, and no visitors come');
  expect(text(silent).split('\n').at(-1)).toBe('! 5 %: then a person is asked');
});
