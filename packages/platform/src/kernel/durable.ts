/**
 * What a workflow's body may do. A body alone decides the order of its steps; everything that touches the world is in a
 * step. Bodies are run again from the start after a crash, with the recorded results of the steps that had finished.
 */
export interface Durable {
  /** The workflow's id. */
  readonly id: string;
  /**
   * Runs an effect and records its result, which must survive JSON. At least once: when the process died between effect
   * and record, the effect runs again. A thrown error is recorded too and thrown again in every replay. The signal fires
   * when this process may no longer act (it closes, or has lost its lease): then nothing is recorded, whatever the
   * effect answers or throws, and the body does not go on here.
   */
  step<T>(name: string, effect: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Epoch milliseconds, recorded: the same in every replay. */
  now(): Promise<number>;
}

/** A body that was given a name; starting it twice under one id is starting it once. */
export interface Workflow<Input> {
  readonly name: string;
  start(id: string, input: Input): Promise<void>;
}

/** Runs workflows to their end, whatever dies in between. */
export interface DurableEngine {
  /** Names a body. All bodies are named before `launch`; input and result must survive JSON. */
  define<Input>(name: string, body: (durable: Durable, input: Input) => Promise<void>): Workflow<Input>;
  /** Begins to run, and goes on with what this instance left unfinished. */
  launch(): Promise<void>;
  /** Goes on with what a dead instance left unfinished; answers the ids. */
  takeOver(instance: string): Promise<readonly string[]>;
  /** The instances, dead or alive, to whom unfinished workflows of this version belong. */
  instancesAtWork(): Promise<readonly string[]>;
  /** Unfinished workflows that other versions of the bodies have begun: nobody of this version goes on with them. */
  stranded(): Promise<readonly string[]>;
  /** Stops running; what is unfinished goes on at the next launch. */
  close(): Promise<void>;
}
