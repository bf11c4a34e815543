import { environmentName, serviceName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { appYaml, described, environments } from '../testing/descriptions.ts';
import { durationMs } from './duration.ts';
import { below, isAbove } from './order.ts';
import { type DescribedFiles, loadDescription } from './read.ts';
import { neededSecrets } from './secrets.ts';
import { type Settings, settingsOf } from './settings.ts';

const name = (text: string) => environmentName.parse(text);
const backend = serviceName.parse('backend');
const settings = async (files: DescribedFiles, environment: string, target: Settings['target'] = 'local') =>
  settingsOf(await loadDescription(files), name(environment), target);
const whole = described({ 'plumbline.yaml': appYaml, ...environments });
const staging = (more: string) =>
  described({
    'plumbline.yaml': appYaml,
    ...environments,
    'environments/staging.yaml': `${environments['environments/staging.yaml']}${more}`,
  });

test.each([
  ['30s', 30_000],
  ['10m', 600_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['7 days', 604_800_000],
  ['1 day', 86_400_000],
  ['2 weeks', 1_209_600_000],
  ['1 minute', 60_000],
  [0, 0],
] as const)('%s is %i ms', (written, ms) => {
  expect(durationMs(written)).toBe(ms);
});

test.each([
  ['development', 0, 0, null],
  ['staging', 10_000, 0, 'development'],
  ['production', 15_000, 1, 'staging'],
])('%s on a laptop bakes and asks for approvals by its position', async (environment, bakeMs, count, lower) => {
  expect(await settings(whole, environment)).toMatchObject({ bakeMs, approvals: { count }, below: lower });
});

test('the position counts, not the name', async () => {
  const files = described({
    'plumbline.yaml': 'app: a\npath: [production, live]\nservices: { w: { start: [x], health: /up } }\n',
  });
  expect((await settings(files, 'production')).approvals.count).toBe(0);
  expect((await settings(files, 'live')).approvals.count).toBe(1);
});

test('a laptop runs two replicas of each service and does not scale them, whatever the cloud does', async () => {
  expect(await settings(whole, 'production')).toMatchObject({ replicas: { backend: 2, frontend: 2 }, scaling: null });
  expect(await settings(whole, 'production', 'kubernetes')).toMatchObject({
    replicas: { backend: 3, frontend: 3 },
    scaling: { min: 3, max: 10 },
    bakeMs: 300_000,
  });
});

test('"local" says otherwise for a laptop alone', async () => {
  const files = staging(
    'bake: 1m\nlocal: { replicas: { backend: 3 }, bake: 2s, strategy: canary, approvals: { count: 2 } }\n',
  );
  expect(await settings(files, 'staging')).toMatchObject({
    replicas: { backend: 3, frontend: 2 },
    bakeMs: 2_000,
    strategy: 'canary',
    approvals: { count: 2, roles: ['approver', 'admin'], self: false, expiresMs: 86_400_000 },
  });
  expect(await settings(files, 'staging', 'kubernetes')).toMatchObject({
    bakeMs: 60_000,
    strategy: 'rolling',
    approvals: { count: 0 },
  });
});

test('seed data go to the first of a path of several, where there are any', async () => {
  const seeded = described({ 'plumbline.yaml': `${appYaml}seed: { service: backend, run: [x] }\n`, ...environments });
  expect((await settings(seeded, 'development')).seed).toBe(true);
  expect((await settings(seeded, 'staging')).seed).toBe(false);
  expect((await settings(whole, 'development')).seed).toBe(false);
});

test('freezes name the file that describes them, and one machine may have others', async () => {
  const weekend = '{ name: weekend, every: week, from: fri 16:00, until: mon 08:00, zone: UTC, reason: rest }';
  const text = `freezes: [${weekend}]\n`;
  expect((await settings(staging(text), 'staging', 'kubernetes')).freezes).toEqual([
    {
      name: 'weekend',
      reason: 'rest',
      zone: 'UTC',
      by: 'environments/staging.yaml',
      when: { kind: 'weekly', spans: [{ from: { day: 'fri', time: '16:00' }, until: { day: 'mon', time: '08:00' } }] },
    },
  ]);
  expect((await settings(staging(`${text}local: { freezes: [] }\n`), 'staging')).freezes).toEqual([]);
});

test('an evening that is frozen ends on the day after it began', async () => {
  const evenings = '{ name: evenings, every: [sun], from: "18:00", until: "08:00", zone: UTC, reason: rest }';
  const [freeze] = (await settings(staging(`freezes: [${evenings}]\n`), 'staging')).freezes;
  expect(freeze?.when).toEqual({
    kind: 'weekly',
    spans: [{ from: { day: 'sun', time: '18:00' }, until: { day: 'mon', time: '08:00' } }],
  });
});

test('what is frozen once is so by the clock of its zone', async () => {
  const holidays =
    '{ name: holidays, from: 2026-12-19 18:00, until: 2027-01-04 08:00, zone: America/Los_Angeles, reason: rest }';
  const [freeze] = (await settings(staging(`freezes: [${holidays}]\n`), 'staging')).freezes;
  expect(freeze?.when).toEqual({
    kind: 'between',
    from: Date.parse('2026-12-20T02:00:00Z'),
    until: Date.parse('2027-01-04T16:00:00Z'),
  });
});

test('a freeze that begins in the middle holds a delivery to the last environment of the path', async () => {
  expect((await settings(whole, 'production')).gatesBeforeEachStep).toBe(true);
  expect((await settings(whole, 'staging')).gatesBeforeEachStep).toBe(false);
  expect((await settings(staging('gates_before_each_step: true\n'), 'staging')).gatesBeforeEachStep).toBe(true);
});

test('an environment is reached at its domain, or under the name of the app', async () => {
  expect((await settings(whole, 'development')).hosts).toEqual(['dev.connect2.blueprint.com']);
  const bare = described({ 'plumbline.yaml': appYaml });
  expect((await settings(bare, 'staging')).hosts).toEqual(['staging.connect2.blueprint.com']);
  expect((await settings(bare, 'production')).hosts).toEqual(['connect2.blueprint.com']);
});

test('the digest is the same for the same settings, and another for others', async () => {
  const [one, same, other] = await Promise.all([
    settings(whole, 'staging'),
    settings(staging(''), 'staging'),
    settings(staging('local: { bake: 1s }\n'), 'staging'),
  ]);
  expect(same.digest).toBe(one.digest);
  expect(other.digest).not.toBe(one.digest);
  expect(one.digest).toMatch(/^[0-9a-f]{64}$/);
});

test('an environment that is not described is an error with the one that was meant', async () => {
  await expect(settings(whole, 'stagin')).rejects.toMatchObject({
    code: 'not-found',
    message: 'there is no environment "stagin": did you mean "staging"?',
  });
});

test('the path has an order', () => {
  const path = ['a', 'b', 'c'].map(name);
  expect(below(path, name('a'))).toBeUndefined();
  expect(below(path, name('c'))).toBe('b');
  expect(isAbove(path, name('c'), name('a'))).toBe(true);
  expect(isAbove(path, name('a'), name('a'))).toBe(false);
  expect(isAbove(path, name('x'), name('a'))).toBe(false);
});

test('a secret that two services use is one, made of as many bytes as the one that wants most', async () => {
  const text = `${appYaml}`.replace(
    '    health: /healthz',
    '    health: /healthz\n    secrets: { KEY: { ref: secret://jwt, generate: 64 }, OTHER: secret://other }',
  );
  const { description } = await loadDescription(described({ 'plumbline.yaml': text }));
  expect(neededSecrets(description)).toEqual([
    { name: 'jwt', generateBytes: 64, usedBy: [backend, 'frontend'] },
    { name: 'other', generateBytes: null, usedBy: ['frontend'] },
  ]);
});

test('the secrets that the smoke test logs in with are needed as well', async () => {
  const logIn = (secret: string) => `  - { post: /log-in, body: { password: "{{secret:${secret}}}" }, expect: 201 }\n`;
  const text = appYaml.replace('smoke:\n', `smoke:\n${logIn('jwt')}${logIn('robot')}`);
  const { description } = await loadDescription(described({ 'plumbline.yaml': text }));
  expect(neededSecrets(description)).toEqual([
    { name: 'jwt', generateBytes: 32, usedBy: [backend, 'smoke test'] },
    { name: 'robot', generateBytes: null, usedBy: ['smoke test'] },
  ]);
});

test('the secrets of who is told are needed as well', async () => {
  const notify = 'notify: [{ kind: webhook, name: pager, url: secret://pager, signing: secret://jwt }]\n';
  const { description } = await loadDescription(described({ 'plumbline.yaml': `${appYaml}${notify}` }));
  expect(neededSecrets(description)).toEqual([
    { name: 'jwt', generateBytes: 32, usedBy: [backend, 'notify pager'] },
    { name: 'pager', generateBytes: null, usedBy: ['notify pager'] },
  ]);
});
