import { expect, test } from 'vitest';
import { pendingOf } from './pending.ts';

test.each([
  ['nothing is recorded', ['1.js', '2.js'], [], ['1.js', '2.js']],
  ['some are', ['1.js', '2.js'], ['1.js'], ['2.js']],
  ['all are', ['1.js'], ['1.js'], []],
  ['a newer release was here', ['1.js'], ['1.js', '2.js'], []],
  ['one belongs in between', ['1.js', '2.js', '3.js'], ['1.js', '3.js'], ['2.js']],
])('when %s, the rest is pending', (_, files, recorded, names) => {
  expect(pendingOf(files, recorded)).toEqual({ kind: 'pending', names });
});

test('files that were recorded under another ending would run twice, so they are refused', () => {
  expect(pendingOf(['1.js', '2.js'], ['1.ts'])).toMatchObject({
    kind: 'refused',
    because: '1.js is recorded as 1.ts: it would be applied a second time',
  });
});

test('two lines of migrations that do not know each other are refused', () => {
  expect(pendingOf(['1.js', 'mine.js'], ['1.js', 'theirs.js'])).toMatchObject({
    kind: 'refused',
    because: 'the database has theirs.js, which this release does not know, and lacks mine.js',
  });
});
