import { applyFiles, undoFile } from './knex-files.ts';
import { pendingOf } from './pending.ts';
import { withRunnerLock } from './runner-lock.ts';
import type { RunnerEvent, RunnerOrder } from './runner-words.ts';
import { appliedTo } from './schema-state.ts';

/** Carries out an order with the database held for it alone: applies what is not applied yet, or undoes one file. */
export const carryOut = (order: RunnerOrder, tell: (event: RunnerEvent) => void): Promise<void> =>
  withRunnerLock(
    order.databaseUrl,
    (because) => tell({ kind: 'waiting', because }),
    async (held) => {
      // Asked under the lock: another runner may have applied some of them meanwhile.
      const applied = await appliedTo(held);
      const pending = pendingOf(order.files, applied);
      if (pending.kind === 'refused') throw new Error(pending.because);
      const isApplied = (name: string) => applied.some((one) => one.name === name);
      if (order.direction === 'up')
        await applyFiles(
          order,
          order.names.filter((name) => !isApplied(name)),
          held,
          tell,
        );
      else for (const name of order.names.filter(isApplied)) await undoFile(order, name, held, tell);
    },
  );
