import { expect, test } from 'vitest';
import { described } from '../testing/descriptions.ts';
import { findingText } from './finding.ts';
import { guess, type Initial } from './initial.ts';
import { initialFiles } from './initial-files.ts';
import { readDescription } from './read.ts';

const guessed = (json: object, remote = '') => guess(JSON.stringify(json), '/home/ada/Web Shop', remote);

test('an app is called as its package is, without the scope, or else as its folder', () => {
  expect(guessed({ name: '@acme/Corner_Shop' }).app).toBe('corner-shop');
  expect(guessed({}).app).toBe('web-shop');
  expect(guess('{}', '/42', '').app).toBe('app');
});

test.each([
  [{ scripts: { start: 'node --enable-source-maps dist/main.js' } }, ['node', '--enable-source-maps', 'dist/main.js']],
  [{ scripts: { start: 'NODE_ENV=production node dist/main.js' } }, ['npm', 'start']],
  [{ scripts: { start: 'node a.js && node b.js' } }, ['npm', 'start']],
  [{ main: 'index.js' }, ['node', 'index.js']],
  [{}, ['node', 'server.js']],
])('%j is started without a shell where it needs none: %j', (json, start) => {
  expect(guessed(json).start).toEqual(start);
});

test('its libraries tell its stores, and its remote where it is at GitHub', () => {
  const dependencies = { pg: '^8.0.0', ioredis: '^5.0.0', express: '^5.0.0' };
  expect(guessed({ dependencies }).stores).toEqual(['database', 'cache']);
  expect(guessed({}, 'git@github.com:acme/shop.git\n').repository).toBe('acme/shop');
  expect(guessed({}, 'https://github.com/acme/shop').repository).toBe('acme/shop');
  expect(guessed({}, 'https://git.example/acme/shop').repository).toBe('');
});

const problems = async (initial: Initial) => {
  const files = Object.fromEntries(initialFiles(initial).map(({ path, content }) => [path, content]));
  return (await readDescription(described(files))).findings.map(findingText);
};

test.each([[['development', 'staging', 'production']], [['trial', 'live']], [['live']]])(
  'what is written for the path %j is right, and needs no warning',
  async (path) => {
    const one = guessed({ name: 'shop', dependencies: { pg: '1', redis: '1', minio: '1' }, scripts: { build: 'x' } });
    expect(await problems({ ...one, path, domain: 'shop.example', repository: 'acme/shop' })).toEqual([]);
    expect(await problems({ ...one, path, stores: [], accounts: { live: '123456789012' } })).toEqual([]);
  },
);

test('what was said wrongly is found where it was written to', async () => {
  const [finding] = await problems({ ...guessed({}), domain: 'not a host' });
  expect(finding).toBe(
    'plumbline.yaml:2:9 "domain" must be a host name, like connect2.blueprint.com, not "not a host"',
  );
});
