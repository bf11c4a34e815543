// @ts-check
import { expect, test } from 'vitest';
import { criticalPath, longestOf } from './critical-path.js';

const [old, candidate] = ['r-000000000001', 'r-000000000002'];

/** @param {{ release?: string, service?: string, pid?: number, began?: number, listening?: number, asked: number, answered?: number }} change @returns {any} */
const answer = ({
  release = candidate,
  service = 'web',
  pid = 1,
  began = 0,
  listening = 0,
  asked,
  answered = asked + 5,
}) => ({
  by: { release, service, pid, began, listening },
  asked,
  answered,
  failed: false,
});

/** @param {readonly { name: string, atMs: number, needs?: number }[]} steps @param {readonly any[]} answers @param {readonly string[]} [services] */
const pathOf = (steps, answers, services = ['web']) =>
  criticalPath({ steps: steps.map((one) => ({ needs: 0, ...one })), candidate, services, answers });

test('a step takes the longest start of the replicas that began at it', () => {
  const parts = pathOf(
    [
      { name: 'fill 1', atMs: 100 },
      { name: 'fill 2', atMs: 2_000 },
    ],
    [
      answer({ pid: 1, began: 150, listening: 900, asked: 5_000 }),
      answer({ pid: 2, began: 160, listening: 1_360, asked: 5_000 }),
      answer({ pid: 3, began: 2_100, listening: 2_500, asked: 5_000 }),
      answer({ pid: 4, release: old, began: 2_100, listening: 4_000, asked: 5_000 }),
    ],
  );
  expect(parts.map(({ startMs }) => startMs)).toEqual([1_200, 400]);
});

test('evidence is there when the slowest service has answered as many requests as the test needs', () => {
  const answers = [10, 20, 30, 40].flatMap((asked) => [
    answer({ asked }),
    answer({ service: 'api', asked: asked * 10, answered: asked * 10 + 7 }),
  ]);
  const [part] = pathOf([{ name: '5 %', atMs: 15, needs: 2 }], answers, ['web', 'api']);
  expect(part?.evidenceMs).toBe(207 - 15);
});

test('a step that did not get its requests has no critical path', () => {
  const [part] = pathOf([{ name: '5 %', atMs: 0, needs: 3 }], [answer({ asked: 1 })]);
  expect(part && longestOf(part)).toBeNaN();
});

test('a drain lasts as long as the last request in the hands of a replica that leaves', () => {
  const [part] = pathOf(
    [{ name: 'retire', atMs: 1_000 }],
    [
      answer({ release: old, pid: 7, asked: 900, answered: 1_250 }),
      answer({ release: old, pid: 8, asked: 900, answered: 1_900 }),
      answer({ release: old, pid: 8, asked: 1_500 }),
    ],
  );
  expect(part?.drainMs).toBe(250);
});

test('what goes on side by side in a step counts once', () => {
  expect(longestOf({ name: '100 %', startMs: 1_500, evidenceMs: 1_600, drainMs: 0 })).toBe(1_600);
});
