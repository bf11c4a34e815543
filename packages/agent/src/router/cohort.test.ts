import type { Cohort } from '@plumbline/contract/shape';
import { cohort } from '@plumbline/contract/shape';
import { describe, expect, test } from 'vitest';
import { isOfCohort } from './cohort.ts';

const byHeader: Cohort = { by: 'header', name: 'X-Tester', value: 'yes' };
const byCookie: Cohort = { by: 'cookie', name: 'tester', value: 'yes' };

describe('a request is of the cohort', () => {
  test.each([
    ['with the header, its name in any case', byHeader, { 'x-tester': 'yes' }, true],
    ['not with another value', byHeader, { 'x-tester': 'Yes' }, false],
    ['not with a longer value', byHeader, { 'x-tester': 'yes, yes' }, false],
    ['not without the header', byHeader, { cookie: 'x-tester=yes' }, false],
    ['with the cookie among others', byCookie, { cookie: 'a=b; tester=yes' }, true],
    ['not with another value of the cookie', byCookie, { cookie: 'tester=no' }, false],
    ['not with a cookie whose name ends alike', byCookie, { cookie: 'no-tester=yes' }, false],
    ['not without a cookie', byCookie, { tester: 'yes' }, false],
  ])('%s', (_, of, headers, expected) => {
    expect(isOfCohort(of, headers)).toBe(expected);
  });
});

test.each([
  { by: 'header', name: 'x tester', value: 'yes' },
  { by: 'header', name: 'x-tester', value: '' },
  { by: 'header', name: 'x-tester', value: ' yes' },
  { by: 'header', name: 'x-tester', value: 'yes\r\nx: y' },
  { by: 'cookie', name: 'a=b', value: 'yes' },
  { by: 'cookie', name: 'tester', value: 'y;es' },
  { by: 'query', name: 'tester', value: 'yes' },
])('%j, which no request could carry, is no cohort', (one) => {
  expect(cohort.safeParse(one).success).toBe(false);
});
