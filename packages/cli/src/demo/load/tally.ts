/** What was sent and what came of it. A request without its complete, expected answer has failed. */
export interface Tally {
  sent: number;
  failed: number;
  /** The first failures in words, for a person. */
  readonly failures: string[];
  /** Page loads: the page, and the hashed asset that it names. */
  pages: number;
  mixed: number;
  readonly writes: Write[];
  readonly byKind: Map<string, number>;
  readonly byRelease: Map<string, OfRelease>;
  /** What a release has answered so far. */
  of(release: string): Readonly<OfRelease>;
}

/** Answers of one release; a failed one is a failure of its own. */
export interface OfRelease {
  answered: number;
  failed: number;
  /** By a clock that does not jump, in milliseconds. */
  lastAt: number;
}

/** A write that was acknowledged, with what must be read back for it. */
export type Write =
  | { readonly kind: 'loan'; readonly project: string; readonly id: string; readonly amountCents: number }
  | { readonly kind: 'document'; readonly project: string; readonly id: string; readonly sha256: string };

const failuresKept = 20;

export const newTally = (): Tally => {
  const byRelease = new Map<string, OfRelease>();
  return { ...empty(), byRelease, of: (release) => ({ ...(byRelease.get(release) ?? noAnswers) }) };
};

const noAnswers: OfRelease = { answered: 0, failed: 0, lastAt: 0 };

const empty = (): Omit<Tally, 'byRelease' | 'of'> => ({
  sent: 0,
  failed: 0,
  failures: [],
  pages: 0,
  mixed: 0,
  writes: [],
  byKind: new Map(),
});

export const countUp = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

export const countAnswer = ({ byRelease }: Tally, release: string, isFailed: boolean): void => {
  const { answered, failed } = byRelease.get(release) ?? noAnswers;
  byRelease.set(release, { answered: answered + 1, failed: failed + (isFailed ? 1 : 0), lastAt: performance.now() });
};

export const countFailure = (tally: Tally, what: string): void => {
  tally.failed += 1;
  if (tally.failures.length < failuresKept) tally.failures.push(`${new Date().toISOString()} ${what}`);
};
