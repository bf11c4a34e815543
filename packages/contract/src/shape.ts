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

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

/** A tester's request is known by a header (its name in any case, as RFC 9110 5.1 has it). */
export const headerCohort = z.object({
  by: z.literal('header'),
  name: z.string().regex(token, 'not the name of a header'),
  value: z.string().regex(/^[!-~](?:[ -~]{0,254}[!-~])?$/, 'up to 256 printable characters, no blank at an end'),
});

/** A tester's browser is known by a cookie. */
export const cookieCohort = z.object({
  by: z.literal('cookie'),
  name: z.string().regex(token, 'not the name of a cookie'),
  // RFC 6265 4.1.1
  value: z.string().regex(/^[!#-+\--:<-[\]-~]{1,256}$/, 'up to 256 printable characters that a cookie may hold'),
});

/**
 * Visitors who get the candidate before anybody else: those whose requests carry a header or a cookie of exactly this
 * value. Whoever knows it belongs to the cohort, so this chooses
 * testers and keeps nobody out: what must not be seen yet needs a door of its own. A proxy in front may set or strip it.
 */
export const cohort = z.discriminatedUnion('by', [headerCohort, cookieCohort]);
export type Cohort = z.infer<typeof cohort>;

/**
 * The desired state of an environment. `stable` names the slot that visitors get by default; the other slot, if it holds
 * anything, is the candidate and gets `candidateWeightPercent` of new visitors.
 */
export const shape = z.object({
  stable: slot,
  slots: z.object({ blue: slotContent.nullable(), green: slotContent.nullable() }),
  candidateWeightPercent: z.number().min(0).max(100),
  /**
   * Gets the candidate at any weight, 0 included, as soon as all its routed services have a ready replica, and beside
   * the weight: it counts in nobody's share. Nobody where it is null or not named.
   */
  cohort: cohort.nullish(),
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
