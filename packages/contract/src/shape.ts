import { z } from 'zod';
import { environmentName, releaseId, serviceName } from './names.ts';

export const slots = ['blue', 'green'] as const;
export const slot = z.enum(slots);
export type Slot = z.infer<typeof slot>;

/** What a slot holds: one release of all services, each with its number of replicas. */
export const slotContent = z.object({
  release: releaseId,
  replicas: z.record(serviceName, z.int().min(0).max(100)),
});
export type SlotContent = z.infer<typeof slotContent>;

/**
 * The desired state of an environment. `stable` names the slot that visitors get by default; the other slot, if it holds
 * anything, is the candidate and gets `candidateWeightPercent` of new visitors.
 */
export const shape = z.object({
  stable: slot,
  slots: z.object({ blue: slotContent.nullable(), green: slotContent.nullable() }),
  candidateWeightPercent: z.number().min(0).max(100),
});
export type Shape = z.infer<typeof shape>;

/** A shape as it is given to a target: where, for whom, and with the generation that fences late callers. */
export const orderedShape = shape.extend({
  environment: environmentName,
  /** Only grows; a target refuses one that is lower than the highest it has seen for the environment. */
  generation: z.int().min(1),
  /** The delivery (or other holder) and its step, so that a target's journal tells whose effect each change was. */
  holder: z.string(),
  step: z.string(),
});
export type OrderedShape = z.infer<typeof orderedShape>;

export const otherSlot = (one: Slot): Slot => (one === 'blue' ? 'green' : 'blue');
