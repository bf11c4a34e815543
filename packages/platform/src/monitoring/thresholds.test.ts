import { expect, test } from 'vitest';
import { type Threshold, thresholds } from './thresholds.ts';

const all: readonly Threshold[] = Object.values(thresholds);

test('the tables of 8.2 are here, row by row', () => {
  const rows = all.flatMap(({ title, badWhen, unit, info, warning, critical }) =>
    Object.entries({ info, warning, critical }).flatMap(([level, at]) =>
      at === undefined ? [] : [`${title} ${badWhen} ${at} ${unit}: ${level}`],
    ),
  );
  expect(rows).toEqual([
    'Error rate above 1 %: warning',
    'Error rate above 5 %: critical',
    'Response time (p95) above 500 ms: warning',
    'Response time (p95) above 1000 ms: critical',
    'Request rate below 10 requests a minute: info',
    'CPU usage above 70 %: warning',
    'Memory usage above 80 %: warning',
    'Disk usage above 85 %: warning',
    'Database connections above 80 %: warning',
    'Pod restart count above 3 restarts: critical',
    'Node CPU above 80 %: warning',
    'Node memory above 90 %: critical',
    'Disk I/O above 90 %: warning',
  ]);
});

test('each says over what window, from how much, whose it is and what to do (E8-7)', () => {
  for (const { windowMinutes, least, runbook } of all) {
    expect(windowMinutes).toBeGreaterThan(0);
    expect(least.count).toBeGreaterThan(0);
    expect(runbook).toMatch(/^[a-z]+(-[a-z]+)*$/);
  }
});

test('1 % of what a monitor asks for at least is a whole request, so that one failure alone never is a rate', () => {
  const { least, warning } = thresholds['error-rate'];
  expect((least.count * warning) / 100).toBeGreaterThanOrEqual(1);
});
