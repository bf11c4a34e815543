import { progress } from '@plumbline/contract/delivery';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { clock } from '../times.ts';
import { progressLine } from './progress.ts';

const happened = (text: string) =>
  progress.parse({
    seq: 1,
    at: 0,
    climb: 'c-1',
    delivery: 'd-2',
    environment: 'staging',
    kind: 'stage',
    stage: 'smoke',
    state: 'running',
    text,
  });

test('a line says when, where and what; what a program printed is set apart', () => {
  const colour = pc.createColors(false);
  expect(progressLine(happened('begins'), 0, colour)).toBe(`${clock(0, 0)} staging d-2 smoke  begins`);
  expect(progressLine(happened('exit 1:\nfirst\nlast\n'), 0, colour)).toBe(
    `${clock(0, 0)} staging d-2 smoke  exit 1:\n           first\n           last`,
  );
});
