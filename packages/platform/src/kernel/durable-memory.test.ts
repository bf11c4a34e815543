import { describe, expect, test } from 'vitest';
import { durableContract } from './durable.contract.ts';
import type { Durable } from './durable.ts';
import { type MemoryEngine, memoryEngine } from './durable-memory.ts';

describe('the engine in memory', () => {
  durableContract(async () => {
    const records = new Map();
    return (life) => memoryEngine({ records, ...life });
  });
});

/** Three steps whose effects are written down, as idempotent effects of a real target would be. */
const scenario = () => {
  const effects: string[] = [];
  const body = async (durable: Durable) => {
    for (const name of ['migrate', 'roll out', 'smoke'])
      await durable.step(name, async () => {
        effects.push(name);
      });
  };
  const begin = async (engine: MemoryEngine) => {
    const workflow = engine.define('deliver', body);
    await engine.launch();
    await workflow.start('d-1', null);
    return engine.settled();
  };
  return { effects, begin };
};

test('a run without a crash passes three boundaries a step and two at the end', async () => {
  const { begin } = scenario();
  const engine = memoryEngine();
  expect(await begin(engine)).toBe('settled');
  expect(engine.boundaries()).toBe(3 * 3 + 2);
});

test('killed at each boundary in turn it ends in the next life, and no effect runs again but the one not recorded', async () => {
  for (let at = 1; at <= 11; at++) {
    const { begin, effects } = scenario();
    const first = memoryEngine();
    first.crashAt(at);
    expect(await begin(first)).toBe('died');
    const next = first.restart();
    expect(await begin(next)).toBe('settled');
    expect(next.records.get('d-1')?.state).toBe('ended');
    // The second boundary of a step lies between its effect and its record.
    const twice = at <= 9 && at % 3 === 2 ? 1 : 0;
    expect(effects).toHaveLength(3 + twice);
    expect([...new Set(effects)]).toEqual(['migrate', 'roll out', 'smoke']);
  }
});

test('it reads the clock that it was given', async () => {
  const engine = memoryEngine({ now: () => 1_234 });
  const read: number[] = [];
  const workflow = engine.define('clock', async (durable) => {
    read.push(await durable.now());
  });
  await engine.launch();
  await workflow.start('w-1', null);
  await engine.settled();
  expect(read).toEqual([1_234]);
});
