import { expect, test } from 'vitest';
import { scheduleOf } from '../src/loans/schedule.ts';
import { LENA, logIn, projectOf, startReplica } from './replica.ts';

test('a loan bears interest each month, and is repaid in the last', () => {
  expect(scheduleOf({ amountCents: 1_200_000, rateBasisPoints: 1_000, termMonths: 3 })).toEqual([
    { month: 1, interestCents: 10_000, principalCents: 0, remainingCents: 1_200_000 },
    { month: 2, interestCents: 10_000, principalCents: 0, remainingCents: 1_200_000 },
    { month: 3, interestCents: 10_000, principalCents: 1_200_000, remainingCents: 0 },
  ]);
});

test('the report has a line for each month of each loan', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const id = await projectOf(lena);
  const { loans } = (await lena.ask('GET', `/api/projects/${id}/loans`)).body;
  const { body, headers } = await lena.ask('GET', `/api/projects/${id}/report`);
  const months = loans.reduce((sum: number, { termMonths }: { termMonths: number }) => sum + termMonths, 0);
  expect(headers.get('content-type')).toContain('text/csv');
  expect(body.trim().split('\n')).toHaveLength(1 + months);
});

test('a report can be asked for slowly', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const id = await projectOf(lena);
  const lines = (await lena.ask('GET', `/api/projects/${id}/report`)).body.trim().split('\n').length;
  const began = performance.now();
  await lena.ask('GET', `/api/projects/${id}/report?rowsPerSecond=100`);
  expect(performance.now() - began).toBeGreaterThan(((lines * 1_000) / 100) * 0.9);
  expect((await lena.ask('GET', `/api/projects/${id}/report?rowsPerSecond=0`)).status).toBe(400);
});
