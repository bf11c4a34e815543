import { Failure } from '@plumbline/contract/failure';
import { afterEach, describe, expect, test } from 'vitest';
import type { Durable, DurableEngine } from './durable.ts';
import type { Fence } from './fence.ts';
import { waitFor } from './wait.ts';

export interface Life {
  readonly instance?: string;
  readonly version?: string;
  readonly fence?: Fence;
}

/** Begins lives over one set of records; the suite has one alive at a time. */
export type NewEngine = (life: Life) => DurableEngine;

/** What every durable engine does. `newRecords` answers a fresh, empty set of records for each test. */
export const durableContract = (newRecords: () => Promise<NewEngine>): void => {
  const alive: DurableEngine[] = [];
  afterEach(async () => {
    for (const engine of alive.splice(0)) await engine.close();
  });
  const lives = async () => {
    const newEngine = await newRecords();
    return async <Input>(body: Body<Input>, life: Life = {}) => {
      const engine = newEngine(life);
      alive.push(engine);
      const workflow = engine.define('body', body);
      await engine.launch();
      const end = async () => {
        await engine.close();
        alive.splice(alive.indexOf(engine), 1);
      };
      return { engine, workflow, end };
    };
  };

  describe('steps', () => {
    test('run in the order of the body, each with what the one before answered', async () => {
      const live = await lives();
      const seen: unknown[] = [];
      const { workflow } = await live(async (durable, input: { n: number }) => {
        const a = await durable.step('add', async () => input.n + 1);
        seen.push(durable.id, await durable.step('double', async () => a * 2));
      });
      await workflow.start('w-1', { n: 4 });
      await until(() => seen.length === 2);
      expect(seen).toEqual(['w-1', 10]);
    });

    test('answer what JSON keeps, at once and not only in a replay', async () => {
      const live = await lives();
      const seen: unknown[] = [];
      const { workflow } = await live(async (durable) => {
        seen.push(await durable.step('rich', async () => ({ at: new Date(5), gone: undefined, list: [1, null] })));
        seen.push(await durable.step('nothing', async () => undefined));
      });
      await workflow.start('w-1', null);
      await until(() => seen.length === 2);
      expect(seen).toEqual([{ at: '1970-01-01T00:00:00.005Z', list: [1, null] }, undefined]);
      expect(Object.keys(Object(seen[0]))).toEqual(['at', 'list']);
    });

    test('that run side by side keep their results apart', async () => {
      const live = await lives();
      const gate = gates();
      const seen: unknown[] = [];
      const body = async (durable: Durable) => {
        const names = ['a', 'b', 'c'];
        const both = await Promise.all(names.map((name) => durable.step(name, async () => `${name}!`)));
        await durable.step('hold', (signal) => gate.pass(signal));
        seen.push(both);
      };
      const first = await live(body);
      await first.workflow.start('w-1', null);
      await gate.reached();
      await first.end();
      gate.open();
      await live(body);
      await until(() => seen.length === 1);
      expect(seen).toEqual([['a!', 'b!', 'c!']]);
    });
  });

  describe('a start', () => {
    test('twice under one id is one run', async () => {
      const live = await lives();
      const runs: string[] = [];
      const { workflow } = await live(async (durable) => {
        await durable.step('count', async () => runs.push(durable.id));
      });
      await Promise.all([workflow.start('w-1', null), workflow.start('w-1', null)]);
      await workflow.start('w-2', null);
      await workflow.start('w-1', null);
      await until(() => runs.length >= 2);
      expect(runs.toSorted()).toEqual(['w-1', 'w-2']);
    });
  });

  describe('after the end of a life', () => {
    test('the next goes on where it was, and runs no recorded step again', async () => {
      const live = await lives();
      const gate = gates();
      const effects: string[] = [];
      let ended = false;
      const body = async (durable: Durable) => {
        await durable.step('first', async () => effects.push('first'));
        await durable.step('hold', (signal) => gate.pass(signal));
        await durable.step('last', async () => effects.push('last'));
        ended = true;
      };
      const first = await live(body);
      await first.workflow.start('w-1', null);
      await gate.reached();
      await first.end();
      expect(effects).toEqual(['first']);
      gate.open();
      await live(body);
      await until(() => ended);
      expect(effects).toEqual(['first', 'last']);
      expect(gate.passes()).toBe(2);
    });

    test('a step that its closing interrupted has not failed, but runs again', async () => {
      const live = await lives();
      const gate = gates();
      const failures: unknown[] = [];
      let ended = false;
      const body = async (durable: Durable) => {
        await durable.step('hold', (signal) => gate.pass(signal)).catch((error: unknown) => failures.push(error));
        ended = true;
      };
      const first = await live(body);
      await first.workflow.start('w-1', null);
      await gate.reached();
      await first.end();
      expect(gate.interrupted()).toBe(true);
      gate.open();
      await live(body);
      await until(() => ended);
      expect(failures).toEqual([]);
    });

    test('what was read of the clock stays', async () => {
      const live = await lives();
      const gate = gates();
      const read: number[] = [];
      let ended = false;
      const body = async (durable: Durable) => {
        read.push(await durable.now());
        await durable.step('hold', (signal) => gate.pass(signal));
        ended = true;
      };
      const before = Date.now();
      const first = await live(body);
      await first.workflow.start('w-1', null);
      await gate.reached();
      await first.end();
      gate.open();
      await live(body);
      await until(() => ended);
      expect(read).toEqual([read[0], read[0]]);
      expect(read[0]).toBeGreaterThanOrEqual(before);
    });

    test('a failure is thrown again as it was, and its effect does not run again', async () => {
      const live = await lives();
      const gate = gates();
      const caught: unknown[] = [];
      let tries = 0;
      let ended = false;
      const body = async (durable: Durable) => {
        const failing = durable.step('fail', async () => {
          tries++;
          throw new Failure('rollout-failed', 'It crashed.', { hint: 'Look.', cause: new TypeError('deep') });
        });
        await failing.catch((error: unknown) => caught.push(error));
        await durable.step('hold', (signal) => gate.pass(signal));
        ended = true;
      };
      const first = await live(body);
      await first.workflow.start('w-1', null);
      await gate.reached();
      await first.end();
      gate.open();
      await live(body);
      await until(() => ended);
      expect(tries).toBe(1);
      expect(caught).toHaveLength(2);
      for (const error of caught) {
        expect(error).toBeInstanceOf(Failure);
        expect(error).toMatchObject({ code: 'rollout-failed', message: 'It crashed.', hint: 'Look.' });
        expect(error).toMatchObject({ cause: { name: 'TypeError', message: 'deep' } });
      }
    });

    test('a body that ended or failed is not run again', async () => {
      const live = await lives();
      const runs: string[] = [];
      const body = async (durable: Durable, input: { fails: boolean }) => {
        runs.push(durable.id);
        if (input.fails) throw new Error('The body failed.');
      };
      const first = await live(body);
      await first.workflow.start('good', { fails: false });
      await first.workflow.start('bad', { fails: true });
      await until(() => runs.length === 2);
      await waitFor('Both ends', idle(first.engine), { deadlineMs: 20_000, everyMs: 10 });
      await first.end();
      const second = await live(body);
      await second.workflow.start('good', { fails: false });
      await second.workflow.start('after', { fails: false });
      await until(() => runs.includes('after'));
      expect(runs).toEqual(['good', 'bad', 'after']);
    });

    test('a body whose steps have changed is told so instead of getting a wrong result', async () => {
      const live = await lives();
      const gate = gates();
      const first = await live(async (durable: Durable) => {
        await durable.step('old', async () => 1);
        await durable.step('hold', (signal) => gate.pass(signal));
      });
      await first.workflow.start('w-1', null);
      await gate.reached();
      await first.end();
      const caught: unknown[] = [];
      await live(async (durable: Durable) => {
        await durable.step('new', async () => 2).catch((error: unknown) => caught.push(error));
      });
      await until(() => caught.length === 1);
      expect(caught[0]).toMatchObject({ code: 'bug', message: expect.stringMatching(/old.*new|new.*old/) });
    });
  });

  describe('taking over', () => {
    test('goes on with what a dead instance left, under its new owner', async () => {
      const live = await lives();
      const gate = gates();
      const effects: string[] = [];
      let ended = false;
      const body = async (durable: Durable) => {
        await durable.step('first', async () => effects.push('first'));
        await durable.step('hold', (signal) => gate.pass(signal));
        ended = true;
      };
      const a = await live(body, { instance: 'a' });
      await a.workflow.start('w-1', null);
      await gate.reached();
      await a.end();
      gate.open();
      const b = await live(body, { instance: 'b' });
      expect(await b.engine.instancesAtWork()).toEqual(['a']);
      expect(await b.engine.takeOver('a')).toEqual(['w-1']);
      await until(() => ended);
      expect(effects).toEqual(['first']);
      await waitFor('The end', idle(b.engine), { deadlineMs: 20_000, everyMs: 10 });
      expect(await b.engine.takeOver('a')).toEqual([]);
    });

    test('leaves alone what another version began, and shows it', async () => {
      const live = await lives();
      const gate = gates();
      const body = async (durable: Durable) => {
        await durable.step('hold', (signal) => gate.pass(signal));
      };
      const old = await live(body, { instance: 'a', version: 'old' });
      await old.workflow.start('w-1', null);
      await gate.reached();
      expect(await old.engine.stranded()).toEqual([]);
      await old.end();
      const b = await live(body, { instance: 'b', version: 'new' });
      expect(await b.engine.takeOver('a')).toEqual([]);
      expect(await b.engine.stranded()).toEqual(['w-1']);
      expect(await b.engine.instancesAtWork()).toEqual([]);
      expect(gate.passes()).toBe(1);
    });
  });

  describe('one who lost the lease', () => {
    test('records nothing of the step it was in, and its body does not go on', async () => {
      const live = await lives();
      const gate = gates();
      const lease = fenceOfTest();
      const effects: string[] = [];
      let ended = false;
      const body = async (durable: Durable) => {
        await durable.step('first', async () => effects.push('first'));
        await durable.step('during', async (signal) => {
          effects.push('during');
          await gate.pass(signal).catch(() => undefined);
        });
        await durable.step('after', async () => effects.push('after'));
        ended = true;
      };
      const late = await live(body, { instance: 'a', fence: lease });
      await late.workflow.start('w-1', null);
      await gate.reached();
      lease.lose();
      expect(gate.interrupted()).toBe(true);
      await expect(late.workflow.start('w-2', null)).rejects.toMatchObject({ code: 'lease-lost' });
      await late.end();
      expect(effects).toEqual(['first', 'during']);
      gate.open();
      const next = await live(body, { instance: 'b' });
      expect(await next.engine.takeOver('a')).toEqual(['w-1']);
      await until(() => ended);
      expect(effects).toEqual(['first', 'during', 'during', 'after']);
    });

    test('waits with its next step while that is in doubt', async () => {
      const live = await lives();
      const lease = fenceOfTest();
      const effects: string[] = [];
      const { workflow } = await live(
        async (durable: Durable) => {
          await durable.step('first', async () => {
            effects.push('first');
            lease.doubt();
          });
          await durable.step('second', async () => effects.push('second'));
        },
        { fence: lease },
      );
      await workflow.start('w-1', null);
      await until(() => lease.askers() > 0);
      expect(effects).toEqual(['first']);
      lease.sure();
      await until(() => effects.length === 2);
    });
  });
};

type Body<Input> = (durable: Durable, input: Input) => Promise<void>;

const until = (so: () => boolean) =>
  waitFor('The workflow', async () => (so() ? { done: true } : { because: 'it is not there yet' }), {
    deadlineMs: 20_000,
    everyMs: 5,
  });

const idle = (engine: DurableEngine) => async () =>
  (await engine.instancesAtWork()).length === 0 ? { done: true } : { because: 'something is unfinished' };

/** A gate in a body: closed, it holds a step until the step's signal fires; open, it lets it through. */
const gates = () => {
  let isOpen = false;
  let passes = 0;
  let interrupted = false;
  return {
    pass: async (signal: AbortSignal) => {
      passes++;
      if (isOpen) return;
      await new Promise<never>((_, reject) => {
        const onAbort = () => {
          interrupted = true;
          reject(new Error('The gate was left.'));
        };
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    },
    open: () => {
      isOpen = true;
    },
    reached: () => until(() => passes > 0),
    passes: () => passes,
    interrupted: () => interrupted,
  };
};

const fenceOfTest = () => {
  const lost = new AbortController();
  let certain = Promise.resolve();
  let sure = (): void => undefined;
  let askers = 0;
  return {
    signal: lost.signal,
    confirm: async () => {
      askers++;
      await certain;
      askers--;
      lost.signal.throwIfAborted();
    },
    lose: () => lost.abort(new Failure('lease-lost', 'Another control plane took over.')),
    doubt: () => {
      certain = new Promise((resolve) => {
        sure = resolve;
      });
    },
    sure: () => sure(),
    askers: () => askers,
  };
};
