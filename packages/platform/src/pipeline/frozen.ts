import type * as contract from '@plumbline/contract/freeze';
import type { EnvironmentName } from '@plumbline/contract/names';
import { type Freeze, type Frozen, frozenAt } from '../freezes/freeze.ts';
import { timeWords } from '../freezes/words.ts';
import type { Queries } from '../kernel/database.ts';
import { type FreezeRow, freezesLeft } from './freeze-table.ts';

/** What freezes an environment now: what its file describes, and what people asked for. */
export const frozenNow = async (
  database: Queries,
  environment: EnvironmentName,
  described: readonly Freeze[],
  at: number,
): Promise<Frozen | null> => {
  const asked = await freezesLeft(database, at, environment);
  return frozenAt([...described, ...asked.map(freezeOf)], environment, at);
};

/** A person's freeze is told by a clock that everybody knows. */
export const freezeOf = ({ name, reason, by, from, until }: FreezeRow): Freeze => ({
  name,
  reason,
  by,
  zone: 'UTC',
  when: { kind: 'between', from, until },
});

export const showFreeze = (freeze: Freeze, environment: EnvironmentName | null): contract.Freeze => {
  const { name, reason, by, zone, when } = freeze;
  const once = when.kind === 'between' ? { from: when.from, until: when.until } : { from: null, until: null };
  return { name, environment, when: timeWords(when, zone), ...once, reason, by };
};

export const showFrozen = (frozen: Frozen, environment: EnvironmentName): contract.Frozen => ({
  ...frozen,
  freezes: frozen.freezes.map((one) => showFreeze(one, environment)),
});
