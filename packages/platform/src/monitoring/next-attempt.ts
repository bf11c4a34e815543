import type { Attempt } from './notification-table.ts';

/** What came of a request: an answer, or why there is none. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      /** As the header has it: seconds, or a date. */
      readonly retryAfter: string | null;
    }
  | { readonly kind: 'no-answer'; readonly because: string };

/** With the pauses between them, these are spread over about an hour. */
export const attemptsAtMost = 12;

const firstPauseMs = 5_000;
const longestPauseMs = 10 * 60_000;
const longestRetryAfterMs = 60 * 60_000;

/**
 * Whether an attempt counts, is made again and when, or is the last. 4xx says that the request is wrong, so the same again
 * is as wrong; 408, 425, 429 and 5xx say that it may be right later. `random` is from 0 to 1: it spreads senders who failed
 * together. Pure.
 */
export const nextAttempt = (attempts: number, answer: Answer, nowMs: number, random: number): Attempt => {
  const because = wordsOf(answer);
  if (answer.kind === 'answered' && answer.status >= 200 && answer.status < 300) return { kind: 'sent', because };
  if (answer.kind === 'answered' && !mayBeRightLater(answer.status)) return { kind: 'failed', because };
  if (attempts >= attemptsAtMost) return { kind: 'failed', because: `given up after ${attempts} attempts: ${because}` };
  const asked = answer.kind === 'answered' ? askedPauseMs(answer.retryAfter, nowMs) : 0;
  const ours = Math.min(firstPauseMs * 3 ** (attempts - 1), longestPauseMs);
  return { kind: 'again', because, afterMs: Math.max(asked, Math.round(ours * (0.5 + random / 2))) };
};

const mayBeRightLater = (status: number): boolean => [408, 425, 429].includes(status) || status >= 500;

const wordsOf = (answer: Answer): string => {
  if (answer.kind === 'no-answer') return answer.because;
  const { status, text } = answer;
  if (status >= 300 && status < 400) return `it answered ${status}: redirects are not followed, give the last address`;
  return text === '' ? `it answered ${status}` : `it answered ${status}: ${text}`;
};

/** The receiver's wish, up to an hour. */
const askedPauseMs = (retryAfter: string | null, nowMs: number): number => {
  if (retryAfter === null) return 0;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestRetryAfterMs);
};
