import { Failure } from '@plumbline/contract/failure';
import { type ProblemCode, problems } from '@plumbline/contract/problem';
import { z } from 'zod';

/** What is recorded of a step: its result, or the error that it threw with what caused it. Survives JSON. */
export type Outcome = { readonly result?: unknown } | { readonly thrown: Thrown };

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly code?: ProblemCode | undefined;
  readonly hint?: string | undefined;
  readonly cause?: Thrown | undefined;
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

const thrown: z.ZodType<Thrown> = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().refine(isProblemCode).optional(),
  hint: z.string().optional(),
  cause: z.lazy(() => thrown).optional(),
});
const outcome = z.union([z.strictObject({ thrown }), z.strictObject({ result: z.unknown().optional() })]);

/** Runs the effect; what it answers is what a replay would read, so that no body sees a difference between the two. */
export const outcomeOf = async (effect: () => Promise<unknown>): Promise<string> => {
  const kept: Outcome = await effect().then(
    (result) => ({ result }),
    (error: unknown) => ({ thrown: describe(error) }),
  );
  return JSON.stringify(kept);
};

/** Answers the recorded result, or throws the recorded error. T is what the step's effect answered, through JSON. */
export const replay = <T>(recorded: string): T => {
  const kept = outcome.parse(JSON.parse(recorded));
  if ('thrown' in kept) throw revive(kept.thrown);
  // The step's name and place say which effect this came from: its type is not written down anywhere else.
  return kept.result as T;
};

const causesKept = 5;

const describe = (error: unknown, depth = 0): Thrown => {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const cause = error.cause === undefined || depth === causesKept ? undefined : describe(error.cause, depth + 1);
  const known = error instanceof Failure ? { code: error.code, hint: error.hint } : {};
  return { name: error.name, message: error.message, ...known, cause };
};

const revive = ({ name, message, code, hint, cause }: Thrown): Error => {
  const because = cause === undefined ? {} : { cause: revive(cause) };
  if (code !== undefined) return new Failure(code, message, { ...because, ...(hint === undefined ? {} : { hint }) });
  return Object.assign(new Error(message, because), { name });
};
