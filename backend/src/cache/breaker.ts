/** Stops asking something that keeps failing, and tries it with one call now and then. */
export interface Breaker {
  mayTry(nowMs: number): boolean;
  succeeded(): void;
  failed(nowMs: number): void;
  isOpen(): boolean;
}

/** Opens after so many failures in a row, and lets one call pass each time that the pause is over. */
export function createBreaker({ failures, pauseMs }: { failures: number; pauseMs: number }): Breaker {
  let inARow = 0;
  let nextTryMs = 0;
  return {
    mayTry: (nowMs) => {
      if (inARow < failures) return true;
      if (nowMs < nextTryMs) return false;
      nextTryMs = nowMs + pauseMs;
      return true;
    },
    succeeded: () => {
      inARow = 0;
    },
    failed: (nowMs) => {
      inARow += 1;
      if (inARow >= failures) nextTryMs = nowMs + pauseMs;
    },
    isOpen: () => inARow >= failures,
  };
}
