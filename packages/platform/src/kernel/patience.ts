import { Failure } from '@plumbline/contract/failure';
import type { ProblemCode } from '@plumbline/contract/problem';
import { sleep } from './wait.ts';

/** Nothing is wrong with what was asked: who should answer is away, and comes back. */
const away: readonly ProblemCode[] = ['database-unreachable', 'agent-unreachable'];

const pauseMs = 250;

/**
 * Runs an effect until it has an answer, waiting out a database or an agent that is away; says so when the waiting begins
 * and when it ends. An error that nobody foresaw becomes a `bug`, so that a recorded step tells it apart from its own.
 */
export const patiently = async <T>(
  effect: () => Promise<T>,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<T> => {
  for (let waits = 0; ; waits++) {
    try {
      const answer = await effect();
      if (waits > 0) tell('it answers again: going on');
      return answer;
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = asFailure(error);
      if (!away.includes(failure.code)) throw failure;
      if (waits === 0) tell(`waiting: ${failure.message}`);
      await sleep(pauseMs, signal);
    }
  }
};

/** Whether an error, maybe read back from a record that kept no class, is a failure that says why something cannot be done. */
export const isFailure = (error: unknown): error is Failure =>
  error instanceof Failure || (error instanceof Error && error.name === 'Failure' && 'code' in error);

/**
 * Why a step says that something cannot be done, in words. What takes the right to act away from this process is not for
 * it to judge, and is thrown on like everything that is no failure.
 */
export const refusalOf = (error: unknown): string => {
  if (!isFailure(error) || error.code === 'lease-lost' || error.code === 'interrupted') throw error;
  return error.hint ? `${error.message} (${error.hint})` : error.message;
};

const asFailure = (error: unknown): Failure =>
  isFailure(error)
    ? error
    : new Failure('bug', error instanceof Error ? error.message : String(error), { cause: error });
