import type { Order } from '@plumbline/contract/agent';
import { order } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { type EnvironmentName, environmentName, type ReleaseId, releaseId } from '@plumbline/contract/names';
import { type Shape, shape } from '@plumbline/contract/shape';
import { z } from 'zod';
import type { Queries, Transaction } from '../kernel/database.ts';

const environmentRow = z.object({
  name: environmentName,
  generation: z.coerce.number(),
  holder: z.string().nullable(),
  shape: shape.nullable(),
  specs: order.shape.specs,
  live: releaseId.nullable(),
  live_since: z.number().nullable(),
  settings: z.string().nullable(),
});
export type EnvironmentRow = z.infer<typeof environmentRow>;

/** The environment's row, made when it is asked for the first time. */
export const environmentOf = async (database: Queries, name: EnvironmentName): Promise<EnvironmentRow> => {
  await database.execute('insert into plumbline.environments (name) values ($1) on conflict do nothing', [name]);
  const [row] = await database.query('select * from plumbline.environments where name = $1', [name], environmentRow);
  if (!row) throw new Failure('bug', `the row of environment ${name} is gone`);
  return row;
};

/** Lets nobody else ask for or take the environment until the transaction ends. */
export const lockEnvironment = async (tx: Transaction, name: EnvironmentName): Promise<EnvironmentRow> => {
  await environmentOf(tx, name);
  const [row] = await tx.query(
    'select * from plumbline.environments where name = $1 for update',
    [name],
    environmentRow,
  );
  if (!row) throw new Failure('bug', `the row of environment ${name} is gone`);
  return row;
};

/** Takes the environment for a holder, if nobody or it itself holds it. */
export const takeEnvironment = async (database: Queries, name: EnvironmentName, holder: string): Promise<boolean> => {
  await environmentOf(database, name);
  const taken = await database.query(
    'update plumbline.environments set holder = $2 where name = $1 and (holder is null or holder = $2) returning name',
    [name, holder],
    z.object({ name: z.string() }),
  );
  return taken.length === 1;
};

/**
 * Raises the generation and writes down the shape that is about to be applied. Throws `lease-lost` when somebody else
 * holds the environment by now.
 */
export const raiseGeneration = async (
  database: Queries,
  name: EnvironmentName,
  holder: string,
  next: { readonly shape: Shape; readonly specs: Order['specs'] },
): Promise<number> => {
  const [row] = await database.query(
    'update plumbline.environments set generation = generation + 1, shape = $3, specs = $4 where name = $1 and holder = $2 returning generation',
    [name, holder, JSON.stringify(next.shape), JSON.stringify(next.specs)],
    z.object({ generation: z.coerce.number() }),
  );
  if (!row) throw new Failure('lease-lost', `${holder} does not hold ${name} any more`);
  return row.generation;
};

/** Lets go of the environment; a no-op for one who does not hold it. */
export const releaseEnvironment = async (database: Queries, name: EnvironmentName, holder: string): Promise<void> => {
  await database.execute('update plumbline.environments set holder = null where name = $1 and holder = $2', [
    name,
    holder,
  ]);
};

/** Writes down what is live, and the settings that it runs with. */
export const nameLive = async (
  database: Queries,
  name: EnvironmentName,
  live: { readonly release: ReleaseId; readonly at: number; readonly settings: string },
): Promise<void> => {
  await database.execute(
    'update plumbline.environments set live = $2, live_since = $3, settings = $4 where name = $1',
    [name, live.release, live.at, live.settings],
  );
};
