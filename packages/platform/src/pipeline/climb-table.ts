import { type Climb, climb, type Stage } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { ClimbId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { CheckOutcome } from '@plumbline/contract/release';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';
import { climbOf, numberOf } from './numbers.ts';

const climbRow = climb.extend({ reason: z.string().nullable() });
export type ClimbRow = z.infer<typeof climbRow>;

const select = `
  select 'c-' || c.number as id, c.state, c.because, c.asked_by as "askedBy", c.asked_at as "askedAt", c.ended_at as "endedAt",
    c.commit, c.branch, c.subject, c.dirty, c.stamp, c.reason, c.release, c.path as "to", c.checks, c.stages,
    coalesce((select jsonb_agg('d-' || d.number order by d.number) from plumbline.deliveries d where d.climb = c.number), '[]') as deliveries
  from plumbline.climbs c`;

const moving = `c.state in ('checking', 'building', 'climbing')`;

export interface NewClimb {
  readonly key: string;
  readonly askedBy: string;
  readonly askedAt: number;
  readonly commit: string;
  readonly branch: string | null;
  readonly subject: string;
  readonly dirty: boolean;
  readonly stamp: string | null;
  readonly reason: string | null;
  readonly to: readonly EnvironmentName[];
  readonly stages: readonly Stage[];
}

/** Begins a climb; the same key again is the same climb. */
export const insertClimb = async (
  database: Queries,
  one: NewClimb,
): Promise<{ readonly id: ClimbId; readonly isNew: boolean }> => {
  const numbers = z.object({ number: z.coerce.number() });
  const [inserted] = await database.query(
    `insert into plumbline.climbs (key, state, asked_by, asked_at, commit, branch, subject, dirty, stamp, reason, path, stages)
     values ($1, 'checking', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (key) do nothing returning number`,
    [
      one.key,
      one.askedBy,
      one.askedAt,
      one.commit,
      one.branch,
      one.subject,
      one.dirty,
      one.stamp,
      one.reason,
      JSON.stringify(one.to),
      JSON.stringify(one.stages),
    ],
    numbers,
  );
  if (inserted) return { id: climbOf(inserted.number), isNew: true };
  const [known] = await database.query('select number from plumbline.climbs where key = $1', [one.key], numbers);
  if (!known) throw new Failure('bug', `the climb with key ${one.key} is neither new nor known`);
  return { id: climbOf(known.number), isNew: false };
};

/** A climb by its id. Throws `not-found`. */
export const climbById = async (database: Queries, id: ClimbId): Promise<ClimbRow> => {
  const [row] = await database.query(`${select} where c.number = $1`, [numberOf(id)], climbRow);
  if (!row) throw new Failure('not-found', `there is no climb ${id}`, { hint: 'plumb deliveries lists what moved' });
  return row;
};

export const climbsOf = (database: Queries, limit: number): Promise<readonly ClimbRow[]> =>
  database.query(`${select} order by c.number desc limit $1`, [limit], climbRow);

/** The latest climb of a commit and stamp, if it was ever shipped without uncommitted work. */
export const latestClimbOf = async (
  database: Queries,
  commit: string,
  stamp: string | null,
): Promise<ClimbRow | undefined> => {
  const rows = await database.query(
    `${select} where c.commit = $1 and c.stamp is not distinct from $2 and not c.dirty order by c.number desc limit 1`,
    [commit, stamp],
    climbRow,
  );
  return rows[0];
};

/** Climbs that have not ended, oldest first. */
export const movingClimbs = (database: Queries): Promise<readonly ClimbRow[]> =>
  database.query(`${select} where ${moving} order by c.number`, [], climbRow);

/** Moves a climb on, unless it has ended: the first end stands. Answers whether it moved. */
export const moveClimb = async (
  database: Queries,
  id: ClimbId,
  to: { readonly state: Climb['state']; readonly because: string | null; readonly at: number },
): Promise<boolean> => {
  const ended = to.state === 'succeeded' || to.state === 'failed' || to.state === 'superseded';
  const moved = await database.execute(
    `update plumbline.climbs c set state = $2, because = $3, ended_at = $4 where c.number = $1 and ${moving} returning number`,
    [numberOf(id), to.state, to.because, ended ? to.at : null],
  );
  return moved === 1;
};

export const setChecks = async (database: Queries, id: ClimbId, checks: readonly CheckOutcome[]): Promise<void> => {
  await database.execute('update plumbline.climbs set checks = $2 where number = $1', [
    numberOf(id),
    JSON.stringify(checks),
  ]);
};

export const setBuilt = async (database: Queries, id: ClimbId, built: ReleaseId): Promise<void> => {
  await database.execute('update plumbline.climbs set release = $2 where number = $1', [numberOf(id), built]);
};

export const setClimbStages = async (database: Queries, id: ClimbId, stages: readonly Stage[]): Promise<void> => {
  await database.execute('update plumbline.climbs set stages = $2 where number = $1', [
    numberOf(id),
    JSON.stringify(stages),
  ]);
};
