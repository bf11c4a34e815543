import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childVariables } from '@plumbline/cli/start/child-variables';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcher, type PlumbStart, plumb, plumbStart } from './station/plumb-start.ts';
import { openShop, type Shop } from './station/shop.ts';
import { eventually } from './station/waiting.ts';

const noMigrations = 'needs an app with migrations; the scenario of that name has one';

/** What the documents show and this test does not run, with the reason. */
const excused: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'needs a clone of its own; .ci/run does the same by the demo, also as an ordinary user',
  'npm ci && npm test': 'is the first line of .ci/run',
  'npm run demo': 'takes minutes; .ci/run has it',
  'plumb secret set production slack': 'asks for the secret and waits for it',
  'plumb notify test': 'needs a receiver; the tests of commands and notifications have one',
  'plumb rehearse production --scenario half-bad.yaml --runs 1':
    'the scenario is the example above it, which a test reads and rehearses',
  'plumb migrate status staging': noMigrations,
  'plumb migrate check staging --json': noMigrations,
  'plumb migrate plan production --contract': noMigrations,
  'plumb migrate latest production': noMigrations,
  'plumb migrate latest production --contract --reason "nobody reads users.name any more"': noMigrations,
  'plumb migrate down development --reason "it was the wrong column"': noMigrations,
};

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = [
  'README.md',
  ...(await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];
const texts = await Promise.all(documents.map((name) => readFile(join(root, name), 'utf8')));

/** The lines of the blocks that are for a shell, without their comments. */
const shown = texts
  .flatMap((text) => [...text.matchAll(/^```(?:sh|bash|shell|console)\n([\s\S]*?)^```/gm)])
  .flatMap(([, block = '']) => block.split('\n'))
  .map((line) => line.replace(/(^|\s+)#\s.*$/, '').trim())
  .filter(Boolean);

/** Commands of plumb that stand in a sentence or a table. */
const named = [
  ...new Set(
    texts.flatMap((text) =>
      [
        ...text.matchAll(
          /`(?:npx )?plumb ((?:secret|token|migrate|github|infra) [a-z]+|audit verify|notify test|[a-z]+)/g,
        ),
      ].map(([, name]) => name),
    ),
  ),
];

let folder: string;
let shop: Shop;
let running: PlumbStart;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-scenario-'));
  shop = await openShop(join(folder, 'app'));
  // Where npx looks for a program of the folder that it is called in.
  await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
  await symlink(launcher, join(folder, 'node_modules', '.bin', 'plumb'));
  running = plumbStart(shop.folder);
  await well();
}, 120_000);
afterAll(async () => {
  await running.stop();
  expect(await plumb(shop.folder, 'reset', '--yes')).toMatchObject({ exitCode: 0 });
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Every environment has a release, and does well. */
const well = () =>
  eventually('every environment to be healthy', async () => {
    const { environments, climb } = JSON.parse((await plumb(shop.folder, 'status', '--json')).said);
    const isWell = environments.every(({ health }: { health: string }) => health === 'healthy');
    return isWell && climb?.endedAt ? environments : undefined;
  });

test.each(shown.filter((line) => excused[line] === undefined))(
  '"%s" does what the documents say',
  async (line) => {
    const { exitCode, all } = await execa('bash', ['-c', line], {
      cwd: shop.folder,
      env: childVariables(process.env, {}),
      extendEnv: false,
      all: true,
      reject: false,
      timeout: 60_000,
    });
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    await well();
  },
  120_000,
);

test('what is excused is shown', () => {
  expect(Object.keys(excused).filter((line) => !shown.includes(line))).toEqual([]);
});

test('what was killed by the commands of the README came back, which was said', async () => {
  await eventually(
    'both to be back',
    async () =>
      ['the control plane is back', 'the agent is back'].every((words) => running.said().includes(words)) || undefined,
  );
  expect(await plumb(shop.folder, 'audit', 'verify')).toMatchObject({ exitCode: 0 });
}, 120_000);

test.each(named)('plumb %s, which a document names, is a command with help', async (name = '') => {
  expect(await plumb(shop.folder, ...name.split(' '), '--help')).toMatchObject({
    exitCode: 0,
    said: expect.stringContaining('EXAMPLE'),
  });
});
