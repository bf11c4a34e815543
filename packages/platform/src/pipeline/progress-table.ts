import { type Progress, progress } from '@plumbline/contract/delivery';
import type { ClimbId, DeliveryId, EnvironmentName } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';
import { numberOf } from './numbers.ts';

export type Said = Pick<Progress, 'kind' | 'text'> & Partial<Pick<Progress, 'stage' | 'state'>>;

export interface Subject {
  readonly climb: ClimbId | null;
  readonly delivery: DeliveryId | null;
  readonly environment: EnvironmentName | null;
}

/** The channel on which readers are woken. */
export const progressChannel = 'plumbline_progress';

/** Any number that nobody else takes: whoever appends holds this lock, so that a reader never meets a later row before an earlier one. */
const appendLock = 7_402_117;

/** Appends one thing that happened. */
export const say = async (database: Queries, subject: Subject, said: Said): Promise<void> => {
  await database.execute(
    `with locked as (select pg_advisory_xact_lock(${appendLock})), added as (
       insert into plumbline.progress (at, climb, delivery, environment, kind, stage, state, text)
       select $1, $2, $3, $4, $5, $6, $7, $8 from locked)
     select pg_notify('${progressChannel}', '')`,
    [
      Date.now(),
      subject.climb && numberOf(subject.climb),
      subject.delivery && numberOf(subject.delivery),
      subject.environment,
      said.kind,
      said.stage ?? null,
      said.state ?? null,
      said.text,
    ],
  );
};

/** What happened after a sequence number, oldest first, at most 500. A climb's includes that of its deliveries. */
export const progressAfter = (
  database: Queries,
  after: number,
  of: { readonly climb?: ClimbId | undefined; readonly delivery?: DeliveryId | undefined },
): Promise<readonly Progress[]> =>
  database.query(
    `select seq::float8 as seq, at, 'c-' || climb as climb, 'd-' || delivery as delivery, environment, kind, stage, state, text
     from plumbline.progress
     where seq > $1 and ($2::bigint is null or climb = $2) and ($3::bigint is null or delivery = $3) order by seq limit 500`,
    [after, of.climb ? numberOf(of.climb) : null, of.delivery ? numberOf(of.delivery) : null],
    progress,
  );

/** The sequence number of the last thing that happened; 0 when nothing did. */
export const lastProgress = async (database: Queries): Promise<number> => {
  const [row] = await database.query(
    'select coalesce(max(seq), 0)::float8 as seq from plumbline.progress',
    [],
    z.object({ seq: z.number() }),
  );
  return row?.seq ?? 0;
};
