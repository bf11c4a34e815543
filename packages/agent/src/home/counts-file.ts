import type { Log } from '../log.ts';
import type { Answered } from '../router/answered.ts';
import { type Counting, createCounting, savedCounts } from '../router/counts.ts';
import { readJson, writeJson } from './durable-file.ts';

export interface KeptCounts {
  readonly counting: Counting;
  /** Writes them a last time. */
  close(): Promise<void>;
}

const saveEveryMs = 1_000;

/** Counts that are on disk a second later at most: what a killed agent loses. */
export const keepCounts = async (file: string, log: Log): Promise<KeptCounts> => {
  const counting = createCounting((await readJson(file, savedCounts)) ?? {});
  let isChanged = false;
  let turn: Promise<void> = Promise.resolve();

  const save = async (): Promise<void> => {
    if (!isChanged) return;
    isChanged = false;
    try {
      await writeJson(file, counting.save());
    } catch (error) {
      isChanged = true;
      log('error', 'the counts cannot be written', { file, error: String(error) });
    }
  };
  const saveInTurn = (): Promise<void> => {
    turn = turn.then(save);
    return turn;
  };
  const saving = setInterval(saveInTurn, saveEveryMs);

  return {
    counting: {
      ...counting,
      add: (one: Answered) => {
        isChanged = true;
        counting.add(one);
      },
    },
    close: () => {
      clearInterval(saving);
      return saveInTurn();
    },
  };
};
