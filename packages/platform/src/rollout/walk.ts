import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import { type Cohort, otherSlot, type Shape, type Slot, type SlotContent } from '@plumbline/contract/shape';

export type Replicas = Readonly<Record<ServiceName, number>>;

/** What is to be rolled out, and what is there now. */
export interface RolloutOrder {
  readonly release: ReleaseId;
  /** Wanted replicas of each service of the release. */
  readonly replicas: Replicas;
  /** Services that visitors reach; the others are workers and run in the stable slot alone. */
  readonly routed: readonly ServiceName[];
  /** Services whose hashed assets pages of the live release still ask for until the bake is over. */
  readonly withAssets: readonly ServiceName[];
  /** The environment's shape; null when nothing was ever delivered to it. */
  readonly present: Shape | null;
  readonly canary: CanaryOrder;
}

/** How a canary gives the candidate its visitors. */
export interface CanaryOrder {
  /** Who gets it before anybody else; `pause`: until a person lets it go on to others. */
  readonly cohort: { readonly who: Cohort; readonly pause: boolean } | null;
  /** The weights that it climbs. */
  readonly steps: readonly CanaryStep[];
}

export interface CanaryStep {
  readonly weightPercent: number;
  /** Whether a person has to let it go on from here, whatever the numbers say. */
  readonly pause: boolean;
}

/** A shape to make so, and what has to hold before the next. */
export interface RolloutStep {
  readonly name: string;
  readonly shape: Shape;
  readonly because: string;
  /** Run the smoke test on the candidate's own address when the shape is there, before anything else happens. */
  readonly smoke: boolean;
  /** Whether the next step needs a verdict that the candidate passed at this one. */
  readonly judged: boolean;
  /** Whether a person has to let it go on from here. */
  readonly pause: boolean;
  /** How long the shape stays before the next step of a way back, in milliseconds, while the candidate has replicas that are ready. Default 0. */
  readonly lingerMs?: number;
}

/** Of a step that waits for nothing but its shape. */
export const unjudged = { smoke: false, judged: false, pause: false } as const;

/** The slots that a rollout walks between. */
export interface Walk {
  readonly stable: Slot;
  readonly candidate: Slot;
  readonly live: SlotContent | null;
  readonly order: RolloutOrder;
}

/** Makes the steps from the present shape to all traffic on the candidate; the last step is always the promotion. */
export type Strategy = (walk: Walk) => readonly RolloutStep[];

/** The walk that an order asks for: the stable slot stays, the other one takes the candidate. */
export const walkOf = (order: RolloutOrder): Walk => {
  const stable = order.present?.stable ?? 'green';
  return { stable, candidate: otherSlot(stable), live: order.present?.slots[stable] ?? null, order };
};

/** A shape of the walk: so many live replicas, so many of the candidate, so much weight. */
export const shapeOf = (
  walk: Walk,
  live: Replicas | null,
  candidate: Replicas | null,
  weightPercent: number,
): Shape => ({
  stable: walk.stable,
  slots: bySlot(
    walk,
    walk.live && live ? { release: walk.live.release, replicas: live } : null,
    candidate ? { release: walk.order.release, replicas: candidate } : null,
  ),
  candidateWeightPercent: weightPercent,
});

/** The candidate in full. Workers are not part of it: they run in the stable slot alone, so they start at the promotion. */
export const fullCandidate = ({ order }: Walk): Replicas =>
  Object.fromEntries(order.routed.map((service) => [service, order.replicas[service] ?? 0]));

/** The end of every rollout: the verified candidate is stable, workers run beside it, and the other slot is empty. */
export const promotion = (walk: Walk): RolloutStep => ({
  name: 'promote',
  shape: {
    stable: walk.candidate,
    slots: bySlot(walk, null, { release: walk.order.release, replicas: walk.order.replicas }),
    candidateWeightPercent: 0,
  },
  because: 'the release is verified: it is stable now, and the old slot is emptied',
  ...unjudged,
});

const bySlot = (walk: Walk, live: SlotContent | null, candidate: SlotContent | null): Shape['slots'] =>
  walk.candidate === 'blue' ? { blue: candidate, green: live } : { blue: live, green: candidate };
