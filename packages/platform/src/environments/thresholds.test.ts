import { expect, test } from 'vitest';
import { thresholds } from '../monitoring/thresholds.ts';
import { environment, errors } from '../testing/edited-description.ts';
import { thresholdsOf, wrongOrder } from './thresholds.ts';

test('an environment that says nothing has the rows of 8.2, each of them', () => {
  expect(thresholdsOf({})).toEqual(thresholds);
});

test('what an environment says otherwise is said of its own row alone', () => {
  const rows = thresholdsOf({ 'error-rate': { critical: 10, window: '15m' } });
  expect(rows['error-rate']).toEqual({ ...thresholds['error-rate'], critical: 10, windowMinutes: 15 });
  expect({ ...rows, 'error-rate': undefined }).toEqual({ ...thresholds, 'error-rate': undefined });
});

test('no row of 8.2 wakes people before it tells them', () => {
  expect(Object.values(thresholds).map(wrongOrder)).toEqual(Object.values(thresholds).map(() => undefined));
});

test.each([
  ['{ error-rate: { warning: 6 } }', ':13:27 critical 5 is reached before warning 6'],
  ['{ request-rate: { warning: 20 } }', ':13:29 warning 20 is reached before info 10'],
  ['{ eror-rate: { warning: 2 } }', ':13:15 unknown key "eror-rate": did you mean "error-rate"?'],
])('thresholds of %s are refused', async (written, message) => {
  const files = environment('staging', 'backup_retention: 14 days', `thresholds: ${written}`);
  expect(await errors(files)).toEqual([`environments/staging.yaml${message}`]);
});
