import { expect, test } from 'vitest';
import { backfillOrder, batchStatement, nextPace, unfilled } from './backfill.ts';

const order = backfillOrder.parse({ table: 'people', key: 'id', set: { locale: "'en'" } });

test('rows are filled where the column is NULL, and nothing that somebody wrote is overwritten', () => {
  expect(unfilled(order)).toBe('(locale is null)');
  expect(unfilled(backfillOrder.parse({ ...order, set: { a: '1', b: '2' }, where: 'c > 0' }))).toBe(
    '(a is null or b is null) and (c > 0)',
  );
  expect(batchStatement(order, false)).toContain("set locale = coalesce(t.locale, 'en')");
  expect(batchStatement(order, false)).toContain('(id) > ($2) and (locale is null) order by id limit $1');
  expect(batchStatement(order, true)).not.toContain('$2');
});

test.each([
  [{ table: 'people; drop table people', key: 'id', set: { a: '1' } }, 'table'],
  [{ table: 'people', key: 'id', set: {}, wher: 'x' }, ''],
  [{ table: 'people', key: 'id', set: { a: '1' }, batch: 0 }, 'batch'],
])('%o is refused', (written, field) => {
  expect(backfillOrder.safeParse(written).error?.issues[0]?.path.join('.')).toBe(field);
});

test.each([
  ['quick', 500, 4, { size: 1_000, pauseMs: 8 }],
  ['as long as it should be', 500, 20, { size: 500, pauseMs: 40 }],
  ['slow', 500, 80, { size: 125, pauseMs: 320 }],
  ['very slow', 100, 60_000, { size: 25, pauseMs: 5_000 }],
])('after a batch that was %s the next one is fitted to the time', (_, size, tookMs, pace) => {
  expect(nextPace(size, tookMs)).toEqual(pace);
});
