import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, load } from './commands/index.ts';
import { findPlace } from './place.ts';
import { createTestBench, type TestBench } from './testing/test-bench.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await createTestBench();
});
afterAll(() => bench.close());

describe.each(Object.keys(commands))('plumb %s', (name) => {
  test('has help with what it does, --json, --directory and an example that is its own', async () => {
    const { code, out } = await bench.plumb([...name.split(' '), '--help']);
    const { description, example } = (await load(name)).meta;
    expect(code).toBe(0);
    expect(out).toContain(description);
    expect(out).toContain('--json');
    expect(out).toContain('--directory');
    expect(out).toContain(`EXAMPLE\n\n  ${example.split('\n')[0]}`);
    expect(example).toContain(`plumb ${name}`);
  });

  test('calls itself by the name that is typed', async () => {
    expect((await load(name)).meta.name).toBe(name);
  });

  test('refuses an option that nobody knows, with its usage', async () => {
    const { code, out, err } = await bench.plumb([...name.split(' '), '--wibble']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('there is no option --wibble');
    expect(err).toContain('USAGE');
  });
});

const groups = [
  ...new Set(Object.keys(commands).flatMap((name) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : []))),
];

describe.each(groups)('plumb %s', (group) => {
  const parts = Object.keys(commands).filter((name) => name.startsWith(`${group} `));

  test.each([
    ['--help', [group, '--help']],
    ['-h', [group, '-h']],
    ['help before it', ['help', group]],
  ])('has help by %s', async (_, argv) => {
    const { code, out } = await bench.plumb(argv);
    expect(code).toBe(0);
    if (!(group in commands)) for (const part of parts) expect(out).toContain(`plumb ${part}`);
    expect(out).toContain('EXAMPLE');
  });

  test('refuses a part that it does not have, and names the nearest', async () => {
    const [part = ''] = parts;
    for (const argv of [part.slice(0, -1).split(' '), [...part.slice(0, -1).split(' '), '--help']]) {
      const { code, out, err } = await bench.plumb(argv);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(`: did you mean "${part.split(' ')[1]}"?`);
    }
    const { code, err } = await bench.plumb([group, 'wibble']);
    expect(code).toBe(2);
    expect(err).toContain(`there is no command "${group} wibble": plumb ${group} has `);
  });
});

test('there are groups of commands', () => {
  expect([...groups].sort()).toEqual(['audit', 'github', 'infra', 'migrate', 'notify', 'secret', 'token']);
});

test.each([
  [['shp'], 'there is no command "shp": did you mean "ship"?'],
  [['secret'], 'plumb secret needs one of: set, list'],
  [['tokn', 'create'], 'there is no command "tokn": did you mean "token"?'],
  [['ship', '--stmp', 'a'], 'there is no option --stmp: did you mean "--stamp"?'],
  [['whoami', 'now'], '"now" is one word too many'],
  [['deliver'], 'Missing required positional argument: ENV'],
  [['token', 'create', 'ada'], 'Missing required argument: --role'],
  [['token', 'create', 'ada', '--role', 'king'], 'Invalid value for argument: --role (king)'],
  [['ship', '--to', ''], '--to needs a value'],
  [['releases', '--limit', 'many'], '--limit must be a whole number from 1 on, not "many"'],
  [['watch', 'production'], '"production" is neither a delivery (d-12) nor a climb (c-3)'],
  [['abort', 'production'], '"production" will not do: a delivery looks like d-12'],
  [['approve', '12', '--yes'], 'a delivery looks like d-12'],
  [['proceed', '12'], 'a delivery looks like d-12'],
  [['deliver', 'production', '--release', '2.0'], 'a release looks like r-0123456789ab'],
  [['rollback', 'production', '--release', '2.0'], 'a release looks like r-0123456789ab'],
  [['diff', 'staging', 'production'], '"staging" will not do: a release looks like r-0123456789ab'],
  [['secret', 'set', 'production', 'JWT_SECRET'], 'a secret is named like jwt or mail-key'],
  [['audit', '--since', 'lately'], '--since must be like 30m, 2h, 7d or 2026-11-24, not "lately"'],
  [['freeze', 'production', '--until', 'soon', '--reason', 'x'], '--until must be like 2h, 3d, 18:00 or'],
  [['freeze', '--until', '2h', '--reason', 'x'], 'name the environment, or say --all'],
  [['freeze', 'production', '--all', '--until', '2h', '--reason', 'x'], '"production" or --all: not both'],
  [['freeze', 'production', '--until', '2h'], 'Missing required argument: --reason'],
  [['deliver', 'production', '--emergency'], 'an emergency needs a --reason'],
  [['reset'], 'say --yes'],
])('misuse %j is told apart from failure, with what to do', async (argv, words) => {
  const { code, err } = await bench.plumb(argv);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test('no command at all lists every command', async () => {
  const { code, out } = await bench.plumb([]);
  expect(code).toBe(0);
  for (const name of Object.keys(commands)) expect(out).toContain(`plumb ${name}`);
});

test('a folder where nothing runs says how to start it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-nothing-'));
  const { code, err } = await bench.plumb(['status', '--directory', folder]);
  await rm(folder, { recursive: true });
  expect(code).toBe(1);
  expect(err).toBe(`Plumbline is not running in ${folder}\nstart it with \`npm start\` or \`plumb start\`\n`);
});

test('the folder is found from one below', async () => {
  const below = join(bench.directory, 'backend', 'src');
  await mkdir(below, { recursive: true });
  expect(findPlace({ cwd: below, env: {} }).directory).toBe(bench.directory);
});

test('a failure is words for people and one JSON value for programs', async () => {
  const { code, out, err } = await bench.plumb(['secret', 'list', 'nowhere', '--json']);
  expect(code).toBe(1);
  expect(err).toContain('there is no environment nowhere\nthe path is development, staging, production');
  expect(JSON.parse(out)).toEqual({
    error: {
      code: 'not-found',
      message: 'there is no environment nowhere',
      hint: 'the path is development, staging, production',
    },
  });
});

test('a token without the role is refused in the words of the server', async () => {
  const { code, err } = await bench.plumb(['token', 'list'], { token: bench.platform.tokenOf.viewer });
  expect(code).toBe(1);
  expect(err).toContain('viewer is a viewer, and "tokens" is for admin');
});
