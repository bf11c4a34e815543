import { expect, test } from 'vitest';
import { type AppliedFile, pendingOf, type ReleaseFile } from './pending.ts';

const file = (name: string, more: Partial<ReleaseFile> = {}): ReleaseFile => ({
  name,
  digest: name,
  phase: null,
  ...more,
});
const applied = (name: string, more: Partial<AppliedFile> = {}): AppliedFile => ({
  name,
  digest: name,
  phase: null,
  at: 0,
  ...more,
});
const compared = (files: readonly string[], recorded: readonly string[]) =>
  pendingOf(
    files.map((name) => file(name)),
    recorded.map((name) => applied(name)),
  );

test.each([
  ['nothing is recorded', ['1.js', '2.js'], [], ['1.js', '2.js']],
  ['some are', ['1.js', '2.js'], ['1.js'], ['2.js']],
  ['all are', ['1.js'], ['1.js'], []],
  ['a newer release was here', ['1.js'], ['1.js', '2.js'], []],
])('when %s, the rest is pending', (_, files, recorded, now) => {
  expect(compared(files, recorded)).toEqual({ kind: 'pending', now, contracts: [], notes: [] });
});

test('a file that belongs in between is pending, and is told to be out of order', () => {
  expect(compared(['1.js', '2.js', '3.js'], ['1.js', '3.js'])).toMatchObject({
    now: ['2.js'],
    notes: ['2.js is out of order: 3.js is applied already'],
  });
});

test('a contract waits for a delivery of its own, and what is applied before it is in order', () => {
  const files = [file('1.js'), file('2.js', { phase: 'contract' }), file('3.js', { phase: 'backfill' })];
  expect(pendingOf(files, [applied('1.js')])).toMatchObject({ now: ['3.js'], contracts: ['2.js'], notes: [] });
});

test('a file that was edited after it was applied is refused, whatever else is pending', () => {
  const edited = { kind: 'refused', because: '1.js is not what was applied: edited since' };
  expect(pendingOf([file('1.js', { digest: 'new' }), file('2.js')], [applied('1.js')])).toMatchObject(edited);
  expect(pendingOf([file('1.js', { digest: 'new' })], [applied('1.js')])).toMatchObject(edited);
});

test('a file that somebody else applied may be anything', () => {
  expect(pendingOf([file('1.js')], [applied('1.js', { digest: null })])).toMatchObject({ kind: 'pending', now: [] });
});

test('files that were recorded under another ending would run twice, so they are refused', () => {
  expect(compared(['1.js', '2.js'], ['1.ts'])).toMatchObject({
    kind: 'refused',
    because: '1.js is recorded as 1.ts: it would be applied a second time',
  });
});

test('two lines of migrations that do not know each other are refused', () => {
  expect(compared(['1.js', 'mine.js'], ['1.js', 'theirs.js'])).toMatchObject({
    kind: 'refused',
    because: 'the database has theirs.js, which this release does not know, and lacks mine.js',
  });
});
