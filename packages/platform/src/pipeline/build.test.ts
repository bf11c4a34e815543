import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CheckOutcome } from '@plumbline/contract/release';
import { afterEach, describe, expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { type GitApp, gitApp } from '../testing/git-app.ts';
import { unpackedFolder } from './artefact.ts';
import { buildVariables } from './build-variables.ts';
import { buildRelease, type ReleaseOrder } from './release.ts';
import { readCheckout } from './source.ts';
import { filesOfSnapshot, takeSnapshot } from './source-snapshot.ts';

const run = promisify(execFile);

const apps: GitApp[] = [];
afterEach(async () => {
  for (const made of apps.splice(0)) await made.remove();
});
const app = async (files: Readonly<Record<string, string>>) => {
  const made = await gitApp(files);
  apps.push(made);
  return made;
};

const lock = (name: string, dependencies: object = {}, packages: object = {}) =>
  JSON.stringify({
    name,
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name, version: '1.0.0', ...dependencies }, ...packages },
  });

/** A service with a dependency to run with and one to build with, both of which lie beside it, so that nothing is fetched. */
const web = (): Readonly<Record<string, string>> => {
  const dependencies = { dependencies: { words: 'file:vendor/words' }, devDependencies: { tool: 'file:vendor/tool' } };
  const linked = {
    'node_modules/words': { resolved: 'vendor/words', link: true },
    'node_modules/tool': { resolved: 'vendor/tool', link: true, dev: true },
    'vendor/words': { name: 'words', version: '1.0.0' },
    'vendor/tool': { name: 'tool', version: '1.0.0', dev: true },
  };
  return {
    'plumbline.yaml': [
      'app: tiny',
      'path: [development, production]',
      'services:',
      '  web: { directory: web, build: [npm, run, build], start: [node, dist/main.js], route: /, health: /up }',
      '  worker: { directory: worker, start: [./run], health: /up, secrets: { KEY: { ref: secret://key, generate: 16 } }, needs: [database] }',
      'stores: { database: { kind: postgres, version: 15 } }',
      'migrations: { service: worker, kind: knex, directory: migrations }',
      'seed: { service: worker, run: [./seed] }',
      'smoke: [{ get: /up, contains: ok }]',
      '',
    ].join('\n'),
    'web/package.json': JSON.stringify({
      name: 'web',
      version: '1.0.0',
      scripts: { build: 'node build.js' },
      ...dependencies,
    }),
    'web/package-lock.json': lock('web', dependencies, linked),
    'web/vendor/words/package.json': '{"name":"words","version":"1.0.0"}',
    'web/vendor/tool/package.json': '{"name":"tool","version":"1.0.0"}',
    'web/build.js': [
      "const fs = require('node:fs');",
      "fs.mkdirSync('dist', { recursive: true });",
      "fs.writeFileSync('dist/main.js', JSON.stringify({ stamp: process.env.PLUMBLINE_STAMP ?? null, epoch: process.env.SOURCE_DATE_EPOCH, zone: new Date(0).getTimezoneOffset() }));",
      // As if by another clock: a time that no other build has.
      "fs.utimesSync('dist/main.js', Math.random() * 1e9, Math.random() * 1e9);",
    ].join('\n'),
    'worker/run': '#!/bin/sh\nexec sleep 1\n',
    'worker/migrations/002_b.js': 'exports.up = () => {};',
    'worker/migrations/001_a.js': 'exports.up = () => {};',
    'worker/migrations/001_a.d.ts': '',
  };
};

const orderOf = async (
  made: GitApp,
  more: Partial<ReleaseOrder> & { home?: string; dirty?: boolean } = {},
): Promise<ReleaseOrder> => {
  const { commit } = await readCheckout(made.folder);
  const { home = made.home, dirty = false } = more;
  const snapshot = await takeSnapshot({ folder: made.folder, home, commit, dirty, key: 'c-1' });
  const { description } = await loadDescription(filesOfSnapshot(snapshot));
  return { snapshot, description, stamp: null, checks: [], ...more, home, dirty };
};

describe('a release', () => {
  test('says how its services start and what they are given, and is named after all of that', async () => {
    const made = await app(web());
    const { id, content, bytes, marks } = await buildRelease(await orderOf(made));
    expect(id).toMatch(/^r-[0-9a-f]{12}$/);
    expect(marks).toEqual([]);
    expect(bytes).toBeGreaterThan(1_000);
    expect(content.services[1]).toMatchObject({
      name: 'worker',
      route: null,
      liveness: null,
      variables: {
        KEY: { from: 'secret', secret: 'key', generateBytes: 16 },
        DATABASE_URL: { from: 'store', store: 'database' },
      },
      startWithinMs: 30_000,
    });
    expect(content.stores).toEqual([{ name: 'database', kind: 'postgres', version: '15', optional: false }]);
    expect(content.migrations).toMatchObject({
      kind: 'knex',
      store: 'database',
      files: [{ name: '001_a.js' }, { name: '002_b.js' }],
    });
    expect(content.smoke).toEqual([
      { method: 'GET', path: '/up', headers: {}, expect: 200, contains: 'ok', capture: {} },
    ]);
    expect(content.seed).toEqual({ service: 'worker', command: ['./seed'] });
  });

  test('holds what runs: what was built, with the packages to run it and without those to build it', async () => {
    const made = await app(web());
    const { content } = await buildRelease(await orderOf(made));
    const folder = unpackedFolder(made.home, content.services[0]?.artefact ?? ('' as never));
    expect(await readdir(path.join(folder, 'node_modules'))).toEqual(['words']);
    expect(JSON.parse(await readFile(path.join(folder, 'dist/main.js'), 'utf8'))).toEqual({
      stamp: null,
      epoch: '0',
      zone: 0,
    });
  });

  test('is the same from another commit with the same sources, and for another rule of an environment', async () => {
    const made = await app({
      ...web(),
      'plumbline.yaml':
        web()
          ['plumbline.yaml']?.replace('directory: worker, start', 'start')
          ?.replace('migrations }', 'worker/migrations }') ?? '',
    });
    const one = await buildRelease(await orderOf(made));
    await made.write({
      'environments/development.yaml': 'environment: development\n',
      'environments/production.yaml': 'environment: production\nbake: 9s\n',
    });
    await made.commit('Bake longer');
    const two = await buildRelease(await orderOf(made));
    expect(two.id).toBe(one.id);
    expect(two.built.map(({ fromCache }) => fromCache)).toEqual([true, true]);
  });

  test('is another with another stamp, source or migration', async () => {
    const made = await app(web());
    const ids = [
      (await buildRelease(await orderOf(made))).id,
      (await buildRelease(await orderOf(made, { stamp: 'two' }))).id,
    ];
    await made.write({ 'worker/migrations/003_c.js': 'exports.up = () => {};' });
    await made.commit();
    ids.push((await buildRelease(await orderOf(made))).id);
    expect(new Set(ids).size).toBe(3);
  });

  test('of uncommitted work is marked, and unaudited is one that a required check could not run for', async () => {
    const made = await app(web());
    await made.write({ 'worker/run': '#!/bin/sh\nexec sleep 2\n' });
    const clean = await buildRelease(await orderOf(made));
    const notRun: CheckOutcome = { name: 'audit', state: 'not-run', because: 'offline', ms: 1, output: '' };
    const dirty = await buildRelease(await orderOf(made, { dirty: true, checks: [notRun] }));
    expect(dirty.marks).toEqual(['dirty', 'unaudited']);
    expect(dirty.id).not.toBe(clean.id);
  });

  test('is not built again from the same input', async () => {
    const made = await app(web());
    const first = await buildRelease(await orderOf(made));
    const order = await orderOf(made);
    const started = performance.now();
    const again = await buildRelease(order);
    expect(again.content).toEqual(first.content);
    expect(again.built.map(({ fromCache }) => fromCache)).toEqual([true, true]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('has the same bytes when folder, home, time zone, umask, locale and clock differ', async () => {
    const files = web();
    const [one, two] = [await app(files), await app(files)];
    const first = await buildRelease(await orderOf(one));
    const before = { umask: process.umask(0o077), zone: process.env.TZ, language: process.env.LANG };
    Object.assign(process.env, {
      TZ: 'Pacific/Auckland',
      LANG: 'de_DE.UTF-8',
      INIT_CWD: '/somewhere',
      npm_config_production: 'true',
      SECRET: 'x',
    });
    try {
      const second = await buildRelease(await orderOf(two));
      expect(second.built.some(({ fromCache }) => fromCache)).toBe(false);
      expect(second.id).toBe(first.id);
      expect(second.content).toEqual(first.content);
    } finally {
      process.umask(before.umask);
      for (const name of ['INIT_CWD', 'npm_config_production', 'SECRET']) delete process.env[name];
      restore('TZ', before.zone);
      restore('LANG', before.language);
    }
  });
});

/** Root alone can be another user, who must be able to come as far as the compiled files. */
const compiled = fileURLToPath(new URL('../../dist/pipeline/fixtures/build-once.js', import.meta.url));
const others = (folder: string): boolean =>
  (statSync(folder).mode & 0o005) === 0o005 && (folder === '/' || others(path.dirname(folder)));
const canBeAnother = process.getuid?.() === 0 && existsSync(compiled) && others(path.dirname(compiled));

test.runIf(canBeAnother)('a release has the same bytes when another user builds it', async () => {
  const [mine, theirs] = [await app(web()), await app(web())];
  const here = await buildRelease(await orderOf(mine));
  const nobody = 65_534;
  await run('chown', ['-R', `${nobody}:${nobody}`, path.dirname(theirs.home)]);
  const options = { uid: nobody, gid: nobody, env: { PATH: process.env.PATH, HOME: theirs.home } };
  const { stdout } = await run(process.execPath, [compiled, theirs.folder, theirs.home], options);
  expect(JSON.parse(stdout)).toEqual({ id: here.id, content: here.content, uid: nobody });
});

const restore = (name: string, value: string | undefined): void => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};

describe('a build that fails', () => {
  const failing = (build: string, more = '') => ({
    'plumbline.yaml': `app: tiny\npath: [production]\nservices: { web: { build: ${build}, start: [x], health: /up ${more} } }\n`,
    'a.txt': 'a',
  });

  test.each([
    [
      'with its last words',
      '[sh, -c, "echo one; echo two >&2; exit 3"]',
      '',
      'build-failed',
      /^web: sh -c .*: exit 3 after [\d.]+ s:\n(one\ntwo|two\none)$/,
    ],
    ['for want of its program', '[no-such-program]', '', 'command-failed', /^no-such-program cannot be started/],
    ['for want of time', '[sleep, "60"]', ', build_within: 300ms', 'build-failed', /^web: sleep 60: timed out/],
    [
      'for want of room',
      '[sh, -c, "echo write failed, no space left on device; exit 1"]',
      '',
      'disk-full',
      /no space left on device/,
    ],
    [
      'without what is to be included',
      '["true"]',
      ', include: [dist]',
      'build-failed',
      'web: "dist" of "include" is not there after the build',
    ],
  ])('says so: %s', async (_, build, more, code, message) => {
    const made = await app(failing(build, more));
    await expect(buildRelease(await orderOf(made))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await readdir(made.home)).not.toContain('builds');
  });

  test('for want of a network says that it was the network', async () => {
    const made = await app(failing('[sh, -c, "echo npm error code EAI_AGAIN; exit 1"]'));
    await expect(buildRelease(await orderOf(made))).rejects.toMatchObject({
      code: 'build-failed',
      hint: expect.stringMatching(/registry was not reached/),
    });
  });

  test('stops the others, and is the one that is told', async () => {
    const services =
      '{ a: { directory: a, build: [sleep, "60"], start: [x], health: /up }, b: { directory: b, build: ["false"], start: [x], health: /up } }';
    const made = await app({
      'plumbline.yaml': `app: tiny\npath: [production]\nservices: ${services}\n`,
      'a/x': 'x',
      'b/x': 'x',
    });
    const started = performance.now();
    await expect(buildRelease(await orderOf(made))).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/^b: false/),
    });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('is interrupted when it is told to stop, and leaves no folder', async () => {
    const made = await app(failing('[sh, -c, "touch $HOME/../began; sleep 60"]'));
    const stopping = new AbortController();
    const order = {
      ...(await orderOf(made)),
      signal: stopping.signal,
      onProgress: () => setTimeout(() => stopping.abort(), 200),
    };
    await expect(buildRelease(order)).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('of a directory that is not committed says so', async () => {
    const made = await app({
      'plumbline.yaml': 'app: t\npath: [production]\nservices: { web: { directory: web, start: [x], health: /up } }\n',
    });
    await expect(buildRelease(await orderOf(made))).rejects.toMatchObject({
      message: 'web: there is nothing in its directory "web", or it is not committed',
    });
  });
});

test('a build gets no variable but those that are listed', () => {
  const own = {
    PATH: '/app/node_modules/.bin:/usr/bin',
    HOME: '/home/x',
    npm_config_x: '1',
    INIT_CWD: '/',
    DATABASE_URL: 'x',
    https_proxy: 'p',
  };
  const variables = buildVariables(own, 's-1');
  expect(variables.PATH).toBe([...new Set([path.dirname(process.execPath), '/usr/bin'])].join(':'));
  expect(Object.keys(variables).sort()).toEqual(
    [
      'CI',
      'HOME',
      'LANG',
      'LC_ALL',
      'PATH',
      'PLUMBLINE_STAMP',
      'SOURCE_DATE_EPOCH',
      'TZ',
      'https_proxy',
      'npm_config_audit',
      'npm_config_fund',
      'npm_config_prefer_offline',
      'npm_config_update_notifier',
    ].sort(),
  );
  expect(buildVariables(own, null).PLUMBLINE_STAMP).toBeUndefined();
});

test.runIf(process.env.PLUMBLINE_SLOW_TESTS)(
  'Connect has the same bytes when it is built twice',
  { timeout: 600_000 },
  async () => {
    const root = new URL('../../../../', import.meta.url).pathname;
    const homes = await Promise.all([gitApp({}), gitApp({})]);
    apps.push(...homes);
    const { commit } = await readCheckout(root);
    const ids: string[] = [];
    for (const { home } of homes) {
      const snapshot = await takeSnapshot({ folder: root, home, commit, dirty: false, key: 'c-1' });
      const { description } = await loadDescription(filesOfSnapshot(snapshot));
      const { id, built } = await buildRelease({
        snapshot,
        home,
        description,
        stamp: null,
        checks: [],
        dirty: false,
        onProgress: console.log,
      });
      console.log(id, built);
      ids.push(id);
    }
    expect(ids[1]).toBe(ids[0]);
  },
);
