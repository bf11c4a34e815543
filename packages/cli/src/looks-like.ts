import type { z } from 'zod';
import { Misuse } from './command.ts';

/** What was typed, when it has the form of what is asked for. Throws `Misuse` with the form before anybody is asked. */
export const looksLike = <T>(schema: z.ZodType<T>, typed: string): T => {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return parsed.data;
  throw new Misuse(`"${typed}" will not do: ${parsed.error.issues[0]?.message}`);
};
