import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { staging } from '../testing/orders.ts';
import { type Entry, openJournal } from './journal.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumb-journal-'));
  file = path.join(folder, 'journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const entry = (step: string): Entry => ({
  environment: staging,
  kind: 'applied',
  generation: 1,
  holder: 'd-1',
  step,
  detail: null,
});

test('entries are numbered one after the other, those that come at once too, and across a restart', async () => {
  const first = await openJournal(file);
  await Promise.all(['a', 'b', 'c'].map((step) => first.append(entry(step))));
  await first.close();
  const second = await openJournal(file);
  await second.append(entry('d'));
  const all = await second.read({ after: 0 });
  await second.close();
  expect(all.map(({ seq, step }) => [seq, step])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, 'd'],
  ]);
});

test('a last line that a crash has torn is cut off, and the next entry stands on a line of its own', async () => {
  const first = await openJournal(file);
  await first.append(entry('a'));
  await first.close();
  appendFileSync(file, '{"seq":2,"at":1,"envi');
  const second = await openJournal(file);
  await second.append(entry('b'));
  await second.close();
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).step)).toEqual(['a', 'b']);
});

test('a damaged line in the middle is named, not skipped', async () => {
  appendFileSync(file, 'not a line\n');
  await expect(openJournal(file)).rejects.toMatchObject({
    code: 'data-unreadable',
    message: expect.stringContaining('journal.ndjson:1'),
  });
});

test('only later entries of one environment are read when that is asked for', async () => {
  const journal = await openJournal(file);
  await journal.append(entry('a'));
  await journal.append(entry('b'));
  expect((await journal.read({ environment: staging, after: 1 })).map(({ step }) => step)).toEqual(['b']);
  await journal.close();
});
