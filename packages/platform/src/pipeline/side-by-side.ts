import { availableParallelism } from 'node:os';

/** What an app's commands may take of the machine: the environments on it serve requests meanwhile. */
const atOnce = Math.min(2, availableParallelism());

/**
 * Does the work for every item, a few at once, and answers in the items' order. The first failure stops what has not ended;
 * it is thrown when all have.
 */
export const sideBySide = async <Item, Result>(
  items: readonly Item[],
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<readonly Result[]> => {
  const failing = new AbortController();
  const either = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]);
  const results: Result[] = [];
  const failures: unknown[] = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next && !either.aborted; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await work(item, either);
      } catch (error) {
        failures.push(error);
        failing.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
  signal?.throwIfAborted();
  return results;
};
