import { readFile } from 'node:fs/promises';
import { serviceName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { readScenario, scenarioFile } from './scenario-file.ts';
import { standardScenarios } from './standard.ts';

const services = [serviceName.parse('backend'), serviceName.parse('frontend')];
const read = (text: string) => readScenario('half-bad.yaml', text, services);
const documented = async () => {
  const page = await readFile(new URL('../../../../docs/rehearsal.md', import.meta.url), 'utf8');
  return /^```yaml\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
};

test('the scenario in the documentation is right, and shows every key', async () => {
  const text = await documented();
  expect(read(text)).toMatchObject({
    requestsPerSecond: { backend: 40, frontend: 10 },
    candidate: { phases: [{ failing: 0.005 }, { fromWeightPercent: 50, afterMs: 10_000, failing: 0.2 }] },
    faults: [
      { kind: 'replicas-die', atMs: 30_000 },
      { kind: 'counts-missing', forMs: 20_000 },
      { kind: 'target-away' },
    ],
    people: [{ what: 'proceed', step: '25 %', afterMs: 10_000 }],
    deaths: [{ at: { ms: 45_000 }, backAfterMs: 5_000, actsLateMs: 20_000 }],
  });
  for (const key of Object.keys(scenarioFile.shape)) expect(text).toMatch(new RegExp(`^${key}:`, 'm'));
});

test('an empty file supposes 50 requests a second, shared equally, and that all is well', () => {
  expect(read('')).toMatchObject({
    requestsPerSecond: { backend: 25, frontend: 25 },
    faults: [],
    probes: 'like-visitors',
  });
});

test.each([
  ['candidate: { fail: 5 }', 'half-bad.yaml:1:14 unknown key "fail": did you mean "fails"?'],
  ['traffic: { bakend: 5 }', 'half-bad.yaml:1:12 visitors reach no service "bakend": did you mean "backend"?'],
  ['smoke: fails\nfaults:\n  - { counts: missing, at: soon, for: 1m }', 'half-bad.yaml:3:28'],
  ['people: [', 'half-bad.yaml:1:'],
])('a mistake is named with its place and the nearest right word: %s', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

test('the standard set holds what it says', () => {
  expect(standardScenarios(services).map(({ name }) => name)).toContain('never ready');
});
