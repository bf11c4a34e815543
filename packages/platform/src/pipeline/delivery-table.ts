import {
  type DeliveryKind,
  type DeliveryPlan,
  type DeliveryState,
  delivery,
  deliveryPlan,
  deliveryState,
  endedStates,
  type GateAnswer,
  type Stage,
  stage,
  waitsForAPerson,
} from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import {
  type ClimbId,
  climbId,
  type DeliveryId,
  deliveryId,
  type EnvironmentName,
  environmentName,
  type ReleaseId,
  releaseId,
} from '@plumbline/contract/names';
import { z } from 'zod';
import type { Queries, Transaction } from '../kernel/database.ts';
import { notify } from '../monitoring/outbox-table.ts';
import { deliveryOf, numberOf } from './numbers.ts';

/** A delivery as its row has it: the contract's, without what is worked out for the one who asks. */
export const deliveryRow = z.object({
  id: deliveryId,
  key: z.string(),
  kind: delivery.shape.kind,
  environment: environmentName,
  release: releaseId,
  from: releaseId.nullable(),
  climb: climbId.nullable(),
  state: deliveryState,
  because: z.string().nullable(),
  heldAt: z.string().nullable(),
  askedBy: z.string(),
  askedAt: z.number(),
  reason: z.string().nullable(),
  emergency: z.boolean(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  plan: deliveryPlan.nullable(),
  planHash: z.string().nullable(),
  approvalsNeeded: z.number(),
  gates: delivery.shape.gates,
  stages: z.array(stage),
});
export type DeliveryRow = z.infer<typeof deliveryRow>;

const select = `
  select 'd-' || number as id, key, kind, environment, release, from_release as "from", 'c-' || climb as climb, state, because, held_at as "heldAt",
    asked_by as "askedBy", asked_at as "askedAt", reason, emergency, started_at as "startedAt", ended_at as "endedAt", plan,
    plan_hash as "planHash", approvals_needed as "approvalsNeeded", gates, stages
  from plumbline.deliveries`;

export interface NewDelivery {
  readonly key: string;
  readonly kind: DeliveryKind;
  readonly environment: EnvironmentName;
  readonly release: ReleaseId;
  readonly climb: ClimbId | null;
  readonly askedBy: string;
  readonly askedAt: number;
  readonly reason: string | null;
  readonly emergency: boolean;
  readonly stages: readonly Stage[];
}

/** Puts a delivery in the queue of its environment. The same key again is the same delivery. */
export const insertDelivery = async (
  database: Queries,
  one: NewDelivery,
): Promise<{ readonly id: DeliveryId; readonly isNew: boolean }> => {
  const numbers = z.object({ number: z.coerce.number() });
  const [inserted] = await database.query(
    `insert into plumbline.deliveries (key, kind, environment, release, climb, state, asked_by, asked_at, reason, emergency, stages)
     values ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9, $10) on conflict (key) do nothing returning number`,
    [
      one.key,
      one.kind,
      one.environment,
      one.release,
      one.climb && numberOf(one.climb),
      one.askedBy,
      one.askedAt,
      one.reason,
      one.emergency,
      JSON.stringify(one.stages),
    ],
    numbers,
  );
  if (inserted) return { id: deliveryOf(inserted.number), isNew: true };
  const [known] = await database.query('select number from plumbline.deliveries where key = $1', [one.key], numbers);
  if (!known) throw new Failure('bug', `the delivery with key ${one.key} is neither new nor known`);
  return { id: deliveryOf(known.number), isNew: false };
};

/** A delivery by its id. Throws `not-found`. */
export const deliveryById = async (database: Queries, id: DeliveryId): Promise<DeliveryRow> => {
  const [row] = await database.query(`${select} where number = $1`, [numberOf(id)], deliveryRow);
  if (!row) throw new Failure('not-found', `there is no delivery ${id}`, { hint: 'plumb deliveries lists them' });
  return row;
};

/** Deliveries, newest first, of one environment or all. */
export const deliveriesOf = (
  database: Queries,
  of: { readonly environment?: EnvironmentName | undefined; readonly climb?: ClimbId; readonly limit: number },
): Promise<readonly DeliveryRow[]> =>
  database.query(
    `${select} where ($1::text is null or environment = $1) and ($2::bigint is null or climb = $2) order by number desc limit $3`,
    [of.environment ?? null, of.climb ? numberOf(of.climb) : null, of.limit],
    deliveryRow,
  );

/** Deliveries that have not ended, oldest first. */
export const movingDeliveries = (
  database: Queries,
  environment: EnvironmentName | null,
): Promise<readonly DeliveryRow[]> =>
  database.query(
    `${select} where not (state = any($1)) and ($2::text is null or environment = $2) order by number`,
    [[...endedStates], environment],
    deliveryRow,
  );

/**
 * Moves a delivery on, unless it has ended: the first end stands. Whoever is to be told of the new state is, by the same
 * transaction. Answers whether it moved.
 */
export const moveDelivery = async (
  tx: Transaction,
  id: DeliveryId,
  to: {
    readonly state: DeliveryState;
    readonly because: string | null;
    readonly at: number;
  },
): Promise<boolean> => {
  const ended = endedStates.includes(to.state);
  const [moved] = await tx.query(
    `update plumbline.deliveries set state = $2, because = $3, held_at = null,
       started_at = case when $2 = 'waiting' or $2 = 'superseded' then started_at else coalesce(started_at, $4) end,
       ended_at = case when $5 then coalesce(ended_at, $4) else null end
     where number = $1 and not (state = any($6)) returning environment, asked_by as "askedBy"`,
    [numberOf(id), to.state, to.because, to.at, ended, [...endedStates]],
    deliveryRow.pick({ environment: true, askedBy: true }),
  );
  if (!moved) return false;
  const { environment, askedBy: who } = moved;
  const { state, because, at } = to;
  // Of the others people are told when they come to something: that it waits for its turn, or has it, moves nothing yet.
  if (state !== 'waiting' && state !== 'running')
    await notify(tx, { kind: state, environment, delivery: id, who, because, at, key: `${id}/${state}` });
  return true;
};

/** What holds a delivery, and the step at which a person has to let it go on; by a freeze, there is none. */
export interface Held {
  readonly because: string;
  readonly heldAt: string | null;
  readonly at: number;
}

/** Shows that a delivery that moves is held, or with null that it goes on. Whoever has to let it go on is told. Answers whether that is news. */
export const holdDelivery = async (tx: Transaction, id: DeliveryId, held: Held | null): Promise<boolean> => {
  const state = held === null ? 'running' : 'held';
  const [changed] = await tx.query(
    `update plumbline.deliveries set state = $2, because = $3, held_at = $4
     where number = $1 and state in ('running', 'held') and (state, because, held_at) is distinct from ($2, $3, $4)
     returning environment, asked_by as "askedBy"`,
    [numberOf(id), state, held?.because ?? null, held?.heldAt ?? null],
    deliveryRow.pick({ environment: true, askedBy: true }),
  );
  if (!changed) return false;
  const { environment, askedBy: who } = changed;
  if (held && held.heldAt !== null)
    await notify(tx, { kind: 'held', environment, delivery: id, who, ...held, key: `${id}/held/${held.heldAt}` });
  return true;
};

/** Whether a newer one may take its place: nothing has moved yet, or a person would have to let it go on. */
export const givesWay = ({ state, heldAt, stages }: Pick<DeliveryRow, 'state' | 'heldAt' | 'stages'>): boolean =>
  waitsForAPerson({ state, heldAt }) ||
  (state === 'held' && stages.some((one) => one.name === 'gates' && one.state === 'running'));

/** Writes down the plan that approvals are bound to, and with which settings it was made. */
export const setPlan = async (
  database: Queries,
  id: DeliveryId,
  made: {
    readonly plan: DeliveryPlan;
    readonly hash: string;
    readonly approvalsNeeded: number;
    readonly settings: unknown;
  },
): Promise<void> => {
  await database.execute(
    'update plumbline.deliveries set plan = $2, plan_hash = $3, approvals_needed = $4, settings = $5, from_release = $6 where number = $1',
    [
      numberOf(id),
      JSON.stringify(made.plan),
      made.hash,
      made.approvalsNeeded,
      JSON.stringify(made.settings),
      made.plan.from,
    ],
  );
};

export const setGates = async (database: Queries, id: DeliveryId, gates: readonly GateAnswer[]): Promise<void> => {
  await database.execute('update plumbline.deliveries set gates = $2 where number = $1', [
    numberOf(id),
    JSON.stringify(gates),
  ]);
};

export const setStages = async (database: Queries, id: DeliveryId, stages: readonly Stage[]): Promise<void> => {
  await database.execute('update plumbline.deliveries set stages = $2 where number = $1', [
    numberOf(id),
    JSON.stringify(stages),
  ]);
};
