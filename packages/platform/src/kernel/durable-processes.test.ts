import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { type Database, openDatabase } from './database.ts';
import { splitLines } from './lines.ts';
import { applySchema } from './schema.ts';
import { waitFor } from './wait.ts';

/** What tsc built: a process of its own runs JavaScript. */
const program = fileURLToPath(new URL('../../dist/testing/durable-process.js', import.meta.url));
const event = z.looseObject({ event: z.string(), at: z.number() });
type Event = z.infer<typeof event>;

let server: TestDatabase;
let database: Database;
const running: ChildProcess[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const url = await server.createDatabase();
  await applySchema(url);
  database = openDatabase(url);
  await database.execute('create table effects (workflow text, n int, instance text, at timestamptz default now())');
});
afterEach(async () => {
  for (const child of running.splice(0)) await killed(child);
  await database.close();
});

const start = (instance: string, ...more: readonly string[]) => {
  const child = spawn(process.execPath, [program, database.url, instance, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const events: Event[] = [];
  void splitLines(child.stdout, (line) => events.push(event.parse(JSON.parse(line))));
  const told = (name: string, times = 1) =>
    until(`${instance}: ${name}`, () => events.filter((one) => one.event === name).length >= times);
  return { child, events, told, exited: once(child, 'exit') };
};

const until = (what: string, so: () => boolean) =>
  waitFor(what, async () => (so() ? { done: true } : { because: 'it is not there yet' }), {
    deadlineMs: 25_000,
    everyMs: 5,
  });

const killed = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

const effects = () =>
  database.query('select n, instance from effects order by at, n', [], z.object({ n: z.int(), instance: z.string() }));
const numbers = async () => (await effects()).map(({ n }) => n);
const upTo = (steps: number) => Array.from({ length: steps }, (_, at) => at + 1);

describe('a control plane that is killed', () => {
  test('goes on after its restart where it was, and repeats no recorded step', async () => {
    const first = start('a', '6', '50', 'w-1');
    await first.told('begin', 3);
    await killed(first.child);
    const second = start('a');
    await second.told('end');
    const done = await numbers();
    expect([...new Set(done)]).toEqual(upTo(6));
    // The step at the kill may have taken effect without its record; no other runs again.
    expect(done.length).toBeLessThanOrEqual(7);
  });

  test('is taken over by another that runs already', async () => {
    const a = start('a', '6', '50', 'w-1');
    const b = start('b');
    await b.told('launched');
    await a.told('begin', 3);
    await killed(a.child);
    await b.told('end');
    expect(b.events.find(({ event: name }) => name === 'taken')).toMatchObject({ owner: 'a', workflows: ['w-1'] });
    expect([...new Set(await numbers())]).toEqual(upTo(6));
  });

  test('is taken over once, where two others could', async () => {
    const a = start('a', '4', '50', 'w-1');
    const others = [start('b'), start('c')];
    for (const other of others) await other.told('launched');
    await a.told('begin', 2);
    await killed(a.child);
    const taken = () => others.flatMap(({ events }) => events.filter(({ event: name }) => name === 'taken'));
    await until('The end', () => others.some(({ events }) => events.some(({ event: name }) => name === 'end')));
    expect(taken()).toHaveLength(1);
    expect([...new Set(await numbers())]).toEqual(upTo(4));
  });
});

describe('a control plane that is suspended', () => {
  test('and was taken over meanwhile does nothing when it comes back, and ends', async () => {
    const a = start('a', '6', '300', 'w-1');
    const b = start('b');
    await b.told('launched');
    await a.told('begin', 2);
    a.child.kill('SIGSTOP');
    await b.told('end');
    const before = await effects();
    a.child.kill('SIGCONT');
    expect(await a.exited).toEqual([75, null]);
    expect(a.events.filter(({ event: name }) => name === 'begin')).toHaveLength(2);
    expect(await effects()).toEqual(before);
    expect(await numbers()).toEqual(upTo(6));
  });

  test('goes on when nobody took it, however long it was', async () => {
    const a = start('a', '4', '200', 'w-1');
    await a.told('begin', 2);
    a.child.kill('SIGSTOP');
    const expired = async () => {
      const sql = `select 1 from plumbline.instances where expires_at < extract(epoch from now()) * 1000 - 500`;
      return (await database.execute(sql)) === 1 ? { done: true } : { because: 'the lease has not expired' };
    };
    await waitFor('The end of the lease', expired, { deadlineMs: 20_000, everyMs: 50 });
    a.child.kill('SIGCONT');
    await a.told('end');
    expect(await numbers()).toEqual(upTo(4));
  });
});

test('a PostgreSQL that is killed and comes back costs a wait, and no step twice', async () => {
  const a = start('a', '6', '100', 'w-1');
  await a.told('begin', 3);
  await server.kill();
  await server.start();
  await a.told('end');
  expect([...new Set(await numbers())]).toEqual(upTo(6));
});
