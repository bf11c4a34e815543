import { beforeAll, expect, test } from 'vitest';
import type { Place } from '../../../infrastructure/renderer.ts';
import { connect2Places, withRouting } from '../../../testing/kubernetes.ts';
import { groupsOf } from './rules.ts';
import { burnTrials, fewFailuresTrial } from './testing/burn-trials.ts';
import { hasPromtool, needsPromtool, promtoolTest } from './testing/promtool.ts';
import { levelTrials, scalingTrial, tooFewTrials } from './testing/trials.ts';

let development: Place;
let production: Place;
beforeAll(async () => {
  const [first, , last] = await connect2Places();
  if (!first || !last) throw new Error('Connect 2.0 has three environments');
  [development, production] = [first, last];
});

test.skipIf(!hasPromtool)(
  `each level of 8.2 fires beyond it, not short of it, ends after it, and nothing measured is said${needsPromtool}`,
  async () => {
    const trials = levelTrials(production);
    expect(trials.length).toBe(13);
    expect(await promtoolTest(trials)).toBe('');
  },
);

test.skipIf(!hasPromtool)('without an autoscaler, and with another router, the same levels fire', async () => {
  const byIngress = levelTrials(withRouting(production, 'ingress')).filter(({ name }) =>
    /^(error|resp|requ)/.test(name),
  );
  const withoutScaling = levelTrials(development).filter(({ name }) => name.startsWith('cpu'));
  expect(withoutScaling).toHaveLength(1);
  expect(await promtoolTest([...withoutScaling, ...byIngress])).toBe('');
});

test.skipIf(!hasPromtool)('too few requests or samples fire nothing, whatever they are', async () => {
  expect(await promtoolTest(tooFewTrials(production))).toBe('');
});

test.skipIf(!hasPromtool)('the error budget burns at each of three paces, and few requests burn nothing', async () => {
  const trials = burnTrials(production);
  expect(trials.map(({ expected }) => expected.map(({ firing }) => firing.length))).toEqual([
    [2, 3, 2, 1],
    [1, 2, 1, 1],
    [0, 1, 0, 0],
  ]);
  expect(await promtoolTest([...trials, fewFailuresTrial(production)])).toBe('');
});

test.skipIf(!hasPromtool)('the rules of every environment are ones that Prometheus takes', async () => {
  const rules = (await connect2Places()).map((place) => groupsOf(place));
  for (const groups of rules) expect(await promtoolTest([{ name: 'all', groups, input: [], expected: [] }])).toBe('');
});

test.skipIf(!hasPromtool)('E8-6: CPU warns only when the autoscaler has no replica left to add', async () => {
  expect(await promtoolTest([scalingTrial(production)])).toBe('');
});

test.skipIf(!hasPromtool)(
  'levels of an environment change rules and series together, and one alone is found out',
  async () => {
    const row = { ...production.thresholds['error-rate'], critical: 8 };
    const changed = { ...production, thresholds: { ...production.thresholds, 'error-rate': row } };
    const [, trial] = levelTrials(changed);
    const [, before] = levelTrials(production);
    if (!trial || !before) throw new Error('error-rate has two levels');
    expect(await promtoolTest([trial])).toBe('');
    expect(await promtoolTest([{ ...trial, groups: before.groups }])).toContain('error-rate critical');
  },
);
