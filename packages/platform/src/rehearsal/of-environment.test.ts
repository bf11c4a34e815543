import { environmentName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { appYaml, described } from '../testing/descriptions.ts';
import { rehearseMany } from './many.ts';
import { rehearsalOf, withSomebodyThere } from './of-environment.ts';
import { readScenario } from './scenario-file.ts';
import { standardScenarios } from './standard.ts';

const production = environmentName.parse('production');
const canary = `environment: production
strategy: canary
canary: { steps: [{ weight: 10, pause: true }, 100] }
local: { replicas: 3, bake: 30s }
`;
const files = described({
  'plumbline.yaml': appYaml,
  'environments/development.yaml': 'environment: development\n',
  'environments/staging.yaml': 'environment: staging\n',
  'environments/production.yaml': canary,
});
const never = new AbortController().signal;

test('the rollout of an environment has its strategy, replicas, steps and bake', async () => {
  const rollout = rehearsalOf(await loadDescription(files), production);
  expect(rollout).toMatchObject({
    strategy: 'canary',
    bakeMs: 30_000,
    settleWithinMs: 75_000,
    order: { replicas: { backend: 3, frontend: 3 }, routed: ['backend', 'frontend'] },
    rules: { atDeadline: 'ask' },
  });
  expect(rollout.steps.map(({ name }) => name)).toEqual(['fill', '10 %', '100 %', 'promote']);
});

test('the standard set ends as it should, whatever is to be let go on', async () => {
  const rollout = rehearsalOf(await loadDescription(files), production);
  const ends: Record<string, object> = {};
  for (const scenario of standardScenarios(rollout.order.routed)) {
    const one = withSomebodyThere({ ...rollout, scenario });
    const { ended, broken } = await rehearseMany(one, { runs: 10, seed: 1, signal: never });
    expect(broken).toEqual([]);
    ends[scenario.name] = ended;
  }
  expect(ends).toEqual({
    healthy: { succeeded: 10 },
    'fails all': { failed: 10 },
    'fails 5 %': { failed: 10 },
    slow: { failed: 10 },
    'never ready': { failed: 10 },
    'no traffic': { succeeded: 10 },
  });
});

test('many runs stop when they are asked to', async () => {
  const rollout = rehearsalOf(await loadDescription(files), production);
  const scenario = readScenario('a test', '', rollout.order.routed);
  const stopping = new AbortController();
  const tell = (): void => stopping.abort(new Error('enough'));
  const running = rehearseMany(withSomebodyThere({ ...rollout, scenario }), {
    runs: 1_000_000,
    seed: 1,
    signal: stopping.signal,
    tell,
  });
  await expect(running).rejects.toThrow('enough');
});
