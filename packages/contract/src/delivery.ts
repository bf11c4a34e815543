import { z } from 'zod';
import { climbId, deliveryId, environmentName, releaseId } from './names.ts';
import { checkOutcome } from './release.ts';
import { shape } from './shape.ts';

export const strategies = ['rolling', 'blue-green', 'canary'] as const;
export const strategyName = z.enum(strategies);
export type StrategyName = z.infer<typeof strategyName>;

/** What may be done to a live thing, whether the one who asks may do it now, and why not. */
export const allowedAction = z.object({
  action: z.enum([
    'approve',
    'proceed',
    'abort',
    'roll-back',
    'deliver',
    'ship',
    'freeze',
    'unfreeze',
    'migrate',
    'contract',
  ]),
  allowed: z.boolean(),
  because: z.string().nullable(),
  /** The command that does it. */
  command: z.string(),
});
export type AllowedAction = z.infer<typeof allowedAction>;

export const stageNames = ['gates', 'migrations', 'rollout', 'smoke', 'verify', 'bake', 'record'] as const;
export const stageName = z.enum(stageNames);
export type StageName = z.infer<typeof stageName>;

export const stage = z.object({
  name: z.string(),
  state: z.enum(['pending', 'running', 'waiting', 'done', 'failed', 'skipped', 'undone']),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** From earlier deliveries to the environment, or the plan where there are none. */
  expectedMs: z.number().nullable(),
  because: z.string().nullable(),
});
export type Stage = z.infer<typeof stage>;

export const gateAnswer = z.object({
  gate: z.string(),
  open: z.boolean(),
  /** Closed for good (failed) or until something happens (waiting). */
  kind: z.enum(['open', 'waiting', 'closed']),
  because: z.string(),
});
export type GateAnswer = z.infer<typeof gateAnswer>;

export const plannedStep = z.object({
  name: z.string(),
  shape,
  because: z.string(),
  expectedMs: z.number(),
  /** Requests of the candidate until a verdict is to be expected; null where the step needs none. */
  requestsNeeded: z.number().nullable(),
  /** How long they take at the present traffic; null where the step needs none, or no visitor comes. */
  verdictMs: z.number().nullable(),
  /** Whether a person has to let it go on from here. */
  pause: z.boolean(),
});
export type PlannedStep = z.infer<typeof plannedStep>;

/** What will be done, before it is done. Approvals are bound to its hash. */
export const deliveryPlan = z.object({
  environment: environmentName,
  release: releaseId,
  /** The release that is live now; null for the first. */
  from: releaseId.nullable(),
  strategy: strategyName,
  steps: z.array(plannedStep),
  migrations: z.array(z.string()),
  /** Contracts, which wait for a delivery of their own. */
  contracts: z.array(z.string()).default([]),
  bakeMs: z.number(),
  /** How long going back takes at worst, and how it is done. */
  wayBack: z.object({ expectedMs: z.number(), how: z.string() }),
  expectedMs: z.number(),
  /** What a person should know before: a step that cannot reach a verdict, a total over 15 minutes. */
  warnings: z.array(z.string()),
  /** Digest of the environment's settings that it was made with. */
  settings: z.string(),
});
export type DeliveryPlan = z.infer<typeof deliveryPlan>;

/** The plan, with what the gates say of it at this moment: they are no part of what is approved. */
export const askedPlan = deliveryPlan.extend({ gates: z.array(gateAnswer) });
export type AskedPlan = z.infer<typeof askedPlan>;

/**
 * waiting: for the environment, which another delivery holds. awaiting-approval: the plan is made. held: at a step, until
 * a person lets it go on, or by a freeze, before it moves or in the middle, and then it goes on by itself. going-back: a
 * stage failed or someone aborted. stuck: going back failed, and a person has to look.
 */
export const deliveryState = z.enum([
  'waiting',
  'running',
  'awaiting-approval',
  'held',
  'going-back',
  'succeeded',
  'failed',
  'aborted',
  'superseded',
  'stuck',
]);
export type DeliveryState = z.infer<typeof deliveryState>;
export const endedStates: readonly DeliveryState[] = ['succeeded', 'failed', 'aborted', 'superseded', 'stuck'];

/**
 * deliver: a release, by all stages. roll-back: the same with a release that was live. The others move no traffic. migrate:
 * what is pending of expand and backfill. contract: what removes what no release needs any more. migrate-down: undoes the last file.
 */
export const deliveryKind = z.enum(['deliver', 'roll-back', 'migrate', 'contract', 'migrate-down']);
export type DeliveryKind = z.infer<typeof deliveryKind>;

/** Whether a delivery of this kind changes what visitors get; the others change the schema alone. */
export const movesTraffic = (kind: DeliveryKind): kind is 'deliver' | 'roll-back' =>
  kind === 'deliver' || kind === 'roll-back';

/** The stages of a delivery, in order. */
export const stageNamesOf = (kind: DeliveryKind): readonly StageName[] =>
  movesTraffic(kind) ? stageNames : ['gates', 'migrations'];

export const delivery = z.object({
  id: deliveryId,
  kind: deliveryKind,
  environment: environmentName,
  release: releaseId,
  from: releaseId.nullable(),
  climb: climbId.nullable(),
  state: deliveryState,
  because: z.string().nullable(),
  /** The step at which a person has to let it go on; null where it is held by a freeze, or not at all. */
  heldAt: z.string().nullable(),
  askedBy: z.string(),
  askedAt: z.number(),
  reason: z.string().nullable(),
  /** It passes freezes, and needs an approval wherever it goes. */
  emergency: z.boolean(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  plan: deliveryPlan.nullable(),
  planHash: z.string().nullable(),
  approvals: z.array(z.object({ by: z.string(), at: z.number() })),
  approvalsNeeded: z.int(),
  gates: z.array(gateAnswer),
  stages: z.array(stage),
  actions: z.array(allowedAction),
});
export type Delivery = z.infer<typeof delivery>;

/** Whether nothing goes on without a person's word. */
export const waitsForAPerson = ({ state, heldAt }: Pick<Delivery, 'state' | 'heldAt'>): boolean =>
  state === 'awaiting-approval' || heldAt !== null;

/** One checkout on its way: checks, build, then a delivery for each environment of the path. */
export const climb = z.object({
  id: climbId,
  state: z.enum(['checking', 'building', 'climbing', 'succeeded', 'failed', 'superseded']),
  because: z.string().nullable(),
  askedBy: z.string(),
  askedAt: z.number(),
  endedAt: z.number().nullable(),
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  subject: z.string().nullable(),
  dirty: z.boolean(),
  stamp: z.string().nullable(),
  release: releaseId.nullable(),
  to: z.array(environmentName),
  checks: z.array(checkOutcome),
  stages: z.array(stage),
  deliveries: z.array(deliveryId),
});
export type Climb = z.infer<typeof climb>;

/** One thing that happened, as CLI and console show it. `seq` grows over everything, so a reader can go on where it stopped. */
export const progress = z.object({
  seq: z.int(),
  at: z.number(),
  climb: climbId.nullable(),
  delivery: deliveryId.nullable(),
  environment: environmentName.nullable(),
  kind: z.enum(['state', 'stage', 'step', 'watch', 'check', 'note']),
  stage: z.string().nullable(),
  state: z.string().nullable(),
  text: z.string(),
});
export type Progress = z.infer<typeof progress>;
