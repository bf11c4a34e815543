import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownIdentity } from '../processes/identity.ts';
import { takeLock } from './lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumb-lock-'));
  file = path.join(folder, 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a lock is taken once and free again when it is released', () => {
  const first = takeLock(file);
  expect(first.taken).toBe(true);
  expect(takeLock(file)).toEqual({ taken: false, holder: ownIdentity() });
  if (first.taken) first.release();
  expect(readdirSync(folder)).toEqual([]);
  expect(takeLock(file).taken).toBe(true);
});

test('the lock of a process that is dead is taken over, and nothing of it is left', () => {
  writeFileSync(file, JSON.stringify({ pid: 4_000_000, started: 'long ago' }));
  expect(takeLock(file).taken).toBe(true);
  expect(readdirSync(folder)).toEqual(['a.lock']);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(ownIdentity());
});

test('the lock of a dead process is taken over though another process has its pid now', () => {
  writeFileSync(file, JSON.stringify({ pid: process.ppid, started: 'before that one' }));
  expect(takeLock(file).taken).toBe(true);
});

test('a taking over that was cut short by a crash is taken over too', () => {
  writeFileSync(file, JSON.stringify({ pid: 4_000_000, started: 'one' }));
  writeFileSync(`${file}.after-4000000-one`, JSON.stringify({ pid: 4_000_001, started: 'two' }));
  expect(takeLock(file).taken).toBe(true);
  expect(readdirSync(folder)).toEqual(['a.lock']);
});

test('of many who find a dead holder at once, one gets the lock', async () => {
  writeFileSync(file, JSON.stringify({ pid: 4_000_000, started: 'long ago' }));
  const built = new URL('../../dist/home/lock.js', import.meta.url).href;
  const script = `import { takeLock } from '${built}'; console.log(takeLock(process.argv[1]).taken); setTimeout(() => {}, 2000);`;
  const takers = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script, file], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const said = await Promise.all(
    takers.map(async (one) => {
      const [line] = await once(one.stdout, 'data');
      return String(line).trim();
    }),
  );
  for (const one of takers) one.kill();
  expect(said.filter((answer) => answer === 'true')).toHaveLength(1);
});
