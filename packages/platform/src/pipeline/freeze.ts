import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { EnvironmentName } from '@plumbline/contract/names';
import { clockWords } from '../freezes/words.ts';
import type { Transaction } from '../kernel/database.ts';
import type { AskDeps } from './ask-delivery.ts';
import { commandChannel } from './command-table.ts';
import { endFreezes, type FreezeRow, insertFreeze } from './freeze-table.ts';
import { say } from './progress-table.ts';

type FreezeDeps = Pick<AskDeps, 'database' | 'record' | 'now'>;

export interface AskedFreeze {
  /** Asked with the same key twice, it is the same freeze. */
  readonly key: string;
  /** Null: every environment. */
  readonly environment: EnvironmentName | null;
  /** Null: now. */
  readonly from: number | null;
  readonly until: number;
  readonly reason: string;
}

/** Freezes an environment, or all. Throws `bad-input` for a time that is over or ends before it begins. */
export const freeze = async (deps: FreezeDeps, asked: AskedFreeze, who: Identity): Promise<FreezeRow> => {
  const at = deps.now();
  const from = asked.from ?? at;
  if (asked.until <= Math.max(from, at))
    throw new Failure('bad-input', `a freeze until ${clockWords(asked.until, 'UTC')} ends before it begins`, {
      hint: `it is ${clockWords(at, 'UTC')}`,
    });
  return deps.database.transaction(async (tx) => {
    const { isNew, ...row } = await insertFreeze(tx, { ...asked, from, by: who.name, at });
    if (!isNew) return row;
    await deps.record(tx, {
      who: who.name,
      what: 'freeze.set',
      subject: row.environment ?? everywhere,
      why: row.reason,
      detail: { freeze: row.name, from: row.from, until: row.until },
      key: `${row.name}/set`,
    });
    await tell(tx, row, `${who.name} froze ${wordsOf(row)} until ${clockWords(row.until, 'UTC')}: ${row.reason}`);
    return row;
  });
};

/** Ends what people froze in an environment, or in all at once; what a file describes stays. Twice is once. */
export const unfreeze = (
  deps: FreezeDeps,
  asked: { readonly environment: EnvironmentName | null; readonly reason: string | null },
  who: Identity,
): Promise<readonly FreezeRow[]> =>
  deps.database.transaction(async (tx) => {
    const ended = await endFreezes(tx, deps.now(), asked.environment);
    for (const row of ended) {
      await deps.record(tx, {
        who: who.name,
        what: 'freeze.ended',
        subject: row.environment ?? everywhere,
        why: asked.reason,
        detail: { freeze: row.name, until: row.until },
        key: `${row.name}/ended`,
      });
      await tell(tx, row, `${who.name} ended the freeze ${row.name} of ${wordsOf(row)}`);
    }
    return ended;
  });

const everywhere = 'every environment';

const wordsOf = ({ environment }: FreezeRow): string => environment ?? everywhere;

/** Says it, and wakes what waits at a gate or in the middle. */
const tell = async (tx: Transaction, { environment, name }: FreezeRow, text: string): Promise<void> => {
  await say(tx, { delivery: null, climb: null, environment }, { kind: 'note', text });
  await tx.execute('select pg_notify($1, $2)', [commandChannel, name]);
};
