/** What PostgreSQL says of a statement that may go through a moment later: in use, deadlock. */
const passing = new Set(['55P03', '40P01']);

export interface Try {
  /** From 1. */
  readonly attempt: number;
  readonly sqlState: string | null;
  /** From 0 to 1. */
  readonly chance: number;
}

/**
 * The first pause is short, so that a table that was in use for a moment costs a moment; none is longer than that, and
 * after so many the file has failed. A waiting statement holds up everybody behind it, hence many short tries.
 */
export const retries = { firstMs: 500, mostMs: 8_000, attempts: 12 } as const;

/** How long to wait before a file is tried again, in milliseconds; null: it has failed. Half of the pause is by chance, so that two who met do not meet again. */
export const pauseBefore = ({ attempt, sqlState, chance }: Try): number | null => {
  if (sqlState === null || !passing.has(sqlState) || attempt >= retries.attempts) return null;
  const full = Math.min(retries.mostMs, retries.firstMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * chance);
};
