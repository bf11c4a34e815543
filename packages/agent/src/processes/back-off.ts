/** 0.2 s after the first crash, twice as long after each one more, at most 10 s. */
export const backOffMs = (crashesInARow: number): number => Math.min(10_000, 200 * 2 ** Math.max(0, crashesInARow - 1));

/** So long must something have been well for its next crash to count as the first, in milliseconds. */
export const forgivenAfterMs = 30_000;
