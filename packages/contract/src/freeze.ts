import { z } from 'zod';
import { environmentName } from './names.ts';

/** A time in which nothing is delivered: described in an environment's file, or asked for by a person. */
export const freeze = z.object({
  /** Its name in the file, or `f-3`. */
  name: z.string(),
  /** Null: every environment. */
  environment: environmentName.nullable(),
  /** In words, by the clock of its zone. */
  when: z.string(),
  /** Null for one that comes again and again. */
  from: z.number().nullable(),
  until: z.number().nullable(),
  reason: z.string(),
  /** The person who asked for it, or the file that describes it. */
  by: z.string(),
});
export type Freeze = z.infer<typeof freeze>;

/** What freezes an environment now. */
export const frozen = z.object({
  /** All of it in words. */
  because: z.string(),
  /** When nothing freezes it any more; null when no end can be told. */
  opensAt: z.number().nullable(),
  freezes: z.array(freeze),
});
export type Frozen = z.infer<typeof frozen>;
