import { afterAll, beforeAll, expect, test } from 'vitest';
import { ready, startAgent, type TestAgent } from './testing/agent.ts';
import { startLoad } from './testing/load.ts';
import { content, order, releases } from './testing/orders.ts';

let agent: TestAgent;
let generation = 0;
beforeAll(async () => {
  agent = await startAgent();
  await walk([{ blue: content(0, 3), stable: 'blue' }]);
});
afterAll(() => agent.remove());

type Step = Omit<Parameters<typeof order>[0] & object, 'generation'>;

/** Applies shapes one after the other, each when the one before is so; the weight seen never exceeds the ordered one. */
const walk = async (steps: readonly Step[]): Promise<void> => {
  for (const [index, step] of steps.entries()) {
    generation += 1;
    await agent.apply(order({ generation, step: `step ${index}`, ...step }));
    await agent.until((seen) => {
      expect(seen.candidateWeightPercent).toBeLessThanOrEqual(step.weight ?? 0);
      return seen.converged;
    });
  }
};

const underLoad = async (steps: readonly Step[]) => {
  const { addresses } = await agent.observe();
  const load = startLoad({
    url: addresses.plain,
    connections: 40,
    perSecond: 300,
    paths: ['/', '/', '/', '/slow?ms=150'],
  });
  await walk(steps);
  return load.stop();
};

const rolling: readonly Step[] = [
  { blue: content(0, 3), green: content(1, 1), weight: 0 },
  { blue: content(0, 2), green: content(1, 1), weight: 33 },
  { blue: content(0, 2), green: content(1, 2), weight: 33 },
  { blue: content(0, 1), green: content(1, 2), weight: 66 },
  { blue: content(0, 1), green: content(1, 3), weight: 66 },
  { blue: content(0, 0), green: content(1, 3), weight: 100 },
  { blue: null, green: content(1, 3), stable: 'green' },
];

test('a rolling walk under load fails no request, there and back', async () => {
  const there = await underLoad(rolling);
  expect(there.failures).toEqual([]);
  expect(there.answers[releases[1]]).toBeGreaterThan(0);
  expect((await agent.observe()).replicas.map(({ release }) => release)).toEqual(Array(3).fill(releases[1]));
  const back = await underLoad([
    { blue: content(0, 3), green: content(1, 3), stable: 'green', weight: 0 },
    { blue: content(0, 3), green: content(1, 3), stable: 'green', weight: 100 },
    { blue: content(0, 3), green: null, stable: 'blue' },
  ]);
  expect(back.failures).toEqual([]);
  expect(there.sent + back.sent).toBeGreaterThan(200);
});

test('a replica that is killed under load is replaced, and at most the requests in its hands fail', async () => {
  const { addresses, replicas } = await agent.observe();
  const load = startLoad({ url: addresses.plain, connections: 40, perSecond: 300, paths: ['/', '/slow?ms=100'] });
  await agent.until(({ replicas }) => replicas.every(({ inFlight }) => inFlight > 0));
  const victim = replicas[0];
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await agent.until(
    (seen) => seen.replicas.some(({ id, restarts }) => id === victim?.id && restarts === 1) && ready(seen).length === 3,
  );
  const { failures, sent } = await load.stop();
  expect(sent).toBeGreaterThan(40);
  // Its share of 40 connections; with all three hit there would be more.
  expect(failures.length).toBeLessThan(30);
});
