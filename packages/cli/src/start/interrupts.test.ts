import { expect, test } from 'vitest';
import { interruptions } from './interrupts.ts';
import type { Supervisor } from './supervisor.ts';

const pressed = (...atMs: number[]): string[] => {
  const happened: string[] = [];
  const supervisor: Supervisor = {
    start: async () => undefined,
    stop: async () => undefined,
    awaited: () => 'the agent (process 7)',
    force: () => happened.push('killed'),
  };
  const say = (line: string) => happened.push(line);
  let now = 0;
  const interrupt = interruptions(
    supervisor,
    { say },
    () => happened.push('stopped'),
    () => now,
  );
  for (const at of atMs) {
    now = at;
    interrupt();
  }
  return happened;
};

test('the first Ctrl-C stops, the second says what is waited for, the third kills it', () => {
  expect(pressed(1000, 2000, 3000)).toEqual([
    'stopping: requests in hand are finished first',
    'stopped',
    'still waiting for the agent (process 7); once more kills it',
    'killing the agent (process 7); plumb start takes over what it leaves behind',
    'killed',
  ]);
});

test('one Ctrl-C that terminal and npm both give is one', () => {
  expect(pressed(1000, 1005)).toEqual(pressed(1000));
});
