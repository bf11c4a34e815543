import { Failure } from '@plumbline/contract/failure';
import { type EnvironmentName, environmentName } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';

/** What a person froze. */
const freezeRow = z.object({
  /** `f-3`. */
  name: z.string(),
  /** Null: every environment. */
  environment: environmentName.nullable(),
  from: z.number(),
  until: z.number(),
  reason: z.string(),
  by: z.string(),
});
export type FreezeRow = z.infer<typeof freezeRow>;

const columns = `'f-' || number as name, environment, from_at as "from", until_at as until, reason, asked_by as by`;

export type NewFreeze = Omit<FreezeRow, 'name'> & { readonly key: string; readonly at: number };

/** Writes a freeze down. The same key again is the same freeze. */
export const insertFreeze = async (
  database: Queries,
  one: NewFreeze,
): Promise<FreezeRow & { readonly isNew: boolean }> => {
  const [inserted] = await database.query(
    `insert into plumbline.freezes (key, environment, from_at, until_at, reason, asked_by, asked_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (key) do nothing returning ${columns}`,
    [one.key, one.environment, one.from, one.until, one.reason, one.by, one.at],
    freezeRow,
  );
  if (inserted) return { ...inserted, isNew: true };
  const [known] = await database.query(`select ${columns} from plumbline.freezes where key = $1`, [one.key], freezeRow);
  if (!known) throw new Failure('bug', `the freeze with key ${one.key} is neither new nor known`);
  return { ...known, isNew: false };
};

/** What was frozen and is not over, oldest first: for one environment what concerns it, else everything. */
export const freezesLeft = (
  database: Queries,
  at: number,
  environment: EnvironmentName | null,
): Promise<readonly FreezeRow[]> =>
  database.query(
    `select ${columns} from plumbline.freezes
     where ended_at is null and until_at > $1 and ($2::text is null or environment is null or environment = $2) order by number`,
    [at, environment],
    freezeRow,
  );

/** Ends what was frozen for this environment, or with null for all at once, and is not over. */
export const endFreezes = (
  database: Queries,
  at: number,
  environment: EnvironmentName | null,
): Promise<readonly FreezeRow[]> =>
  database.query(
    `update plumbline.freezes set ended_at = $1
     where ended_at is null and until_at > $1 and environment is not distinct from $2 returning ${columns}`,
    [at, environment],
    freezeRow,
  );
