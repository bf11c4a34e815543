import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient } from '../client.ts';
import { notRunning } from '../connection.ts';
import { createTerminal } from '../terminal.ts';
import { createTestBench, type TestBench } from '../testing/test-bench.ts';
import { createScreen } from './screen.ts';

const patience = { timeout: 20_000, interval: 20 };
const ctrlC = '\u0003';

let bench: TestBench;
let stop: AbortController;
let shown: string;
let ended: Promise<void>;
let keys: PassThrough;
let interrupts: number;

beforeEach(async () => {
  bench = await createTestBench();
  await bench.plumb(['ship'], { token: bench.platform.tokenOf.deployer });
  [stop, shown, keys, interrupts] = [new AbortController(), '', new PassThrough(), 0];
  const connection = { url: bench.url, token: bench.platform.tokenOf.approver };
  const person = createClient(
    async () => connection,
    (cause) => notRunning(bench.directory, cause),
  );
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      shown += chunk;
      done();
    },
  });
  const terminal = createTerminal(
    { stdin: Object.assign(keys, { isTTY: true }), stdout: Object.assign(stdout, { isTTY: true }), stderr: stdout },
    {},
  );
  const interrupt = () => {
    interrupts += 1;
  };
  const screen = createScreen({ person, terminal, signal: stop.signal, interrupt });
  ended = screen.run().finally(() => person.close());
  await expect.poll(text, patience).toContain('q: stop everything');
});

afterEach(async () => {
  stop.abort();
  await ended;
  await bench.close();
});

/** What was drawn since the screen was last cleared. */
const text = (): string => stripVTControlCharacters(shown.split('\u001b[0J').at(-1) ?? '');

test('shows stages, addresses, log-ins and who is waited for', () => {
  expect(text()).toMatch(/\? production {3}d-3 r-[0-9a-f]{12} awaiting-approval/);
  expect(text()).toContain('▸ gates');
  expect(text()).toContain('http://development.localhost:8080  or  http://127.0.0.1:800');
  expect(text()).toContain('log in as ada@example.com with builder');
  expect(text()).toContain('a: see the plan and approve   q: stop everything');
});

test('a shows the plan, and only y approves it', async () => {
  keys.write('a');
  await expect.poll(text, patience).toContain('approve d-3? y: yes   any other key: not now');
  expect(text()).toContain('way back');
  keys.write('n');
  await expect.poll(text, patience).toContain('d-3 still waits');
  keys.write('a');
  await expect.poll(text, patience).toContain('approve d-3?');
  keys.write('y');
  await expect.poll(text, patience).toContain('d-3 is approved');
  await expect.poll(text, patience).toMatch(/✓ c-1 succeeded/);
});

test('q and Ctrl-C ask to stop', async () => {
  keys.write('q');
  keys.write(ctrlC);
  await expect.poll(() => interrupts, patience).toBe(2);
});

test('a control plane that goes away is said, and the screen comes back with it', async () => {
  const { authenticate } = bench.platform;
  Object.assign(bench.platform, { authenticate: async () => null });
  await expect.poll(text, patience).toContain('this token is unknown, expired or revoked');
  Object.assign(bench.platform, { authenticate });
  keys.write('a');
  await expect.poll(text, patience).toContain('approve d-3?');
});
