import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { every } from '../src/every.ts';
import { createLog } from '../src/logging/log.ts';
import { until } from './until.ts';

test('recurring work that fails is logged, and its next turn comes', async () => {
  const out = new PassThrough();
  const log = createLog({ level: 'info', environment: 'test', release: undefined, out });
  let turns = 0;
  const work = every(
    5,
    'count',
    () => {
      turns += 1;
      if (turns === 1) throw new Error('the first time fails');
    },
    log,
  );
  await until('it had three turns', () => turns >= 3);
  work.stop();
  const turnsAtStop = turns;
  expect(JSON.parse(String(out.read()).split('\n')[0] ?? '')).toMatchObject({
    message: 'recurring work failed',
    what: 'count',
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(turns).toBe(turnsAtStop);
});
