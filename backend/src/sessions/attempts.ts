const WINDOW_MS = 60_000;
const FAILURES_ALLOWED = 10;
const ADDRESSES_REMEMBERED = 10_000;

/** Counts failed log-ins per address, in this process, so that a password cannot be guessed by trying. */
export interface Attempts {
  mayTry(email: string, nowMs: number): boolean;
  failed(email: string, nowMs: number): void;
  succeeded(email: string): void;
}

export function countAttempts(): Attempts {
  const failures = new Map<string, number[]>();
  const recent = (email: string, nowMs: number) => (failures.get(email) ?? []).filter((at) => nowMs - at < WINDOW_MS);
  return {
    mayTry: (email, nowMs) => recent(email, nowMs).length < FAILURES_ALLOWED,
    failed: (email, nowMs) => {
      // The eldest goes first: a flood of made-up addresses must not fill the memory.
      const [eldest] = failures.keys();
      if (failures.size >= ADDRESSES_REMEMBERED && eldest !== undefined) failures.delete(eldest);
      failures.set(email, [...recent(email, nowMs), nowMs]);
    },
    succeeded: (email) => void failures.delete(email),
  };
}
