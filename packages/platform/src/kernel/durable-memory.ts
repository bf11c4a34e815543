import { Failure } from '@plumbline/contract/failure';
import type { Durable, DurableEngine, Workflow } from './durable.ts';
import { type Fence, open, parked } from './fence.ts';
import { outcomeOf, replay } from './outcome.ts';

/** What outlives an engine, as its database does for the real one. */
export type MemoryRecords = Map<string, MemoryRecord>;

export interface MemoryRecord {
  readonly name: string;
  readonly input: string;
  readonly version: string;
  readonly steps: { readonly name: string; readonly outcome: string }[];
  state: 'unfinished' | 'ended' | 'failed';
  error?: unknown;
  instance: string;
  /** Who runs it now; one who was taken over holds an older token, and records nothing. */
  token: symbol;
}

export interface MemoryEngineOptions {
  readonly records?: MemoryRecords;
  readonly instance?: string;
  readonly version?: string;
  readonly fence?: Fence;
  /** Epoch milliseconds. Default the wall clock; a simulation gives its own. */
  readonly now?: () => number;
}

export interface MemoryEngine extends DurableEngine {
  readonly records: MemoryRecords;
  /**
   * How many boundaries were passed in this life: before a step's effect, between effect and record, after the record,
   * before and after the record of a workflow's end.
   */
  boundaries(): number;
  /** Dies at that boundary, counted from 1, as by kill -9: nothing of this life is recorded any more, no body goes on. */
  crashAt(boundary: number): void;
  /** Resolves when all workflows have ended or failed, or when this life is over. */
  settled(): Promise<'settled' | 'died'>;
  /** The next life of the same instance over the same records: name the bodies again, then launch. */
  restart(): MemoryEngine;
}

/** The engine's twin for tests and simulations: no database, no timers, and it can die wherever the real one can. */
export const memoryEngine = (options: MemoryEngineOptions = {}): MemoryEngine => {
  const life = beginLife(options);
  const { records, version } = life;
  const unfinished = () => [...records].filter(([, { state }]) => state === 'unfinished');
  return {
    records,
    define: (name, body) => define(life, name, body),
    launch: async () => {
      life.launched = true;
      resume(life, life.instance);
    },
    takeOver: async (dead) => resume(life, dead),
    instancesAtWork: async () => [
      ...new Set(unfinished().flatMap(([, one]) => (one.version === version ? [one.instance] : []))),
    ],
    stranded: async () => unfinished().flatMap(([id, one]) => (one.version === version ? [] : [id])),
    close: async () => life.ending.abort(new Failure('interrupted', 'The engine closes.')),
    boundaries: () => life.passed,
    crashAt: (boundary) => {
      life.crashAt = boundary;
    },
    settled: () =>
      new Promise((resolve) => {
        life.waiting.push(() => resolve(life.signal.aborted ? 'died' : 'settled'));
        tellSettled(life);
      }),
    restart: () => {
      life.ending.abort(new Failure('interrupted', 'The next life begins.'));
      return memoryEngine({ ...options, records });
    },
  };
};

type Body = (durable: Durable, input: unknown) => Promise<void>;

interface Life extends Required<MemoryEngineOptions> {
  readonly bodies: Map<string, Body>;
  readonly ending: AbortController;
  /** Fires when this life is over, or has lost its lease. */
  readonly signal: AbortSignal;
  readonly waiting: (() => void)[];
  launched: boolean;
  passed: number;
  crashAt: number | undefined;
}

/** One run of one body: it records for as long as it holds the record's token. */
interface Run {
  readonly life: Life;
  readonly record: MemoryRecord;
  readonly token: symbol;
}

const beginLife = (options: MemoryEngineOptions): Life => {
  const { records = new Map(), instance = 'memory', version = '1', fence = open, now = Date.now } = options;
  const ending = new AbortController();
  const life: Life = {
    ...{ records, instance, version, fence, now, ending },
    bodies: new Map(),
    signal: AbortSignal.any([ending.signal, fence.signal]),
    waiting: [],
    launched: false,
    passed: 0,
    crashAt: undefined,
  };
  life.signal.addEventListener('abort', () => tellSettled(life), { once: true });
  return life;
};

const tellSettled = ({ records, signal, waiting }: Life): void => {
  if (!signal.aborted && [...records.values()].some(({ state }) => state === 'unfinished')) return;
  for (const tell of waiting.splice(0)) tell();
};

const define = <Input>(
  life: Life,
  name: string,
  body: (durable: Durable, input: Input) => Promise<void>,
): Workflow<Input> => {
  if (life.bodies.has(name)) throw new Failure('bug', `Two bodies are named ${name}.`);
  // Inputs come back from JSON; who defines a body also starts it, with the same type.
  life.bodies.set(name, body as Body);
  return {
    name,
    start: async (id, input) => {
      if (!life.launched) throw new Failure('bug', `${id} cannot start: the engine was not launched.`);
      life.signal.throwIfAborted();
      await life.fence.confirm();
      if (life.records.has(id)) return;
      const { instance, version } = life;
      const token = Symbol(instance);
      const state = 'unfinished';
      life.records.set(id, { name, input: JSON.stringify(input), version, steps: [], state, instance, token });
      run(life, id);
    },
  };
};

const resume = (life: Life, owner: string): string[] => {
  const left = [...life.records].flatMap(([id, one]) =>
    one.state === 'unfinished' && one.instance === owner && one.version === life.version ? [id] : [],
  );
  for (const id of left) run(life, id);
  return left;
};

const run = (life: Life, id: string): void => {
  const record = life.records.get(id);
  const body = record && life.bodies.get(record.name);
  if (record === undefined || body === undefined)
    throw new Failure('bug', `The body of ${id} has no name: define it before launch.`);
  const token = Symbol(life.instance);
  Object.assign(record, { token, instance: life.instance });
  const own: Run = { life, record, token };
  let steps = 0;
  const step: Durable['step'] = (name, effect) => runStep(own, steps++, name, effect);
  const durable: Durable = { id, step, now: () => step('now', async () => life.now()) };
  void body(durable, JSON.parse(record.input)).then(
    () => end(own, { state: 'ended' }),
    (error: unknown) => end(own, { state: 'failed', error }),
  );
};

const runStep = async <T>(
  own: Run,
  at: number,
  name: string,
  effect: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  await mayAct(own);
  const recorded = own.record.steps[at];
  if (recorded !== undefined) return replay(sameStep(recorded, name, at).outcome);
  await boundary(own);
  const outcome = await outcomeOf(() => effect(own.life.signal));
  await boundary(own);
  own.record.steps[at] = { name, outcome };
  await boundary(own);
  return replay(outcome);
};

const end = async (own: Run, how: Pick<MemoryRecord, 'state' | 'error'>): Promise<void> => {
  await boundary(own);
  Object.assign(own.record, how);
  await boundary(own);
  tellSettled(own.life);
};

const boundary = async (own: Run): Promise<void> => {
  await mayAct(own);
  const { life } = own;
  if (++life.passed === life.crashAt) life.ending.abort(new Failure('interrupted', `Died at boundary ${life.passed}.`));
  await mayAct(own);
};

/** May this run go on? If not, whoever asks stays here for good. */
const mayAct = async ({ life: { signal, fence }, record, token }: Run): Promise<void> => {
  if (!signal.aborted) await fence.confirm().catch(parked);
  if (signal.aborted || record.token !== token) await parked();
};

const sameStep = <S extends { readonly name: string }>(recorded: S, name: string, at: number): S => {
  if (recorded.name === name) return recorded;
  throw new Failure('bug', `Step ${at + 1} was ${recorded.name} when it was recorded and is ${name} in the replay.`);
};
