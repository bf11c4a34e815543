import { describe, expect, test } from 'vitest';
import { type Answer, attemptsAtMost, nextAttempt } from './next-attempt.ts';

const now = Date.UTC(2026, 10, 24, 12);
const answered = (status: number, more: { text?: string; retryAfter?: string } = {}): Answer => ({
  kind: 'answered',
  status,
  text: more.text ?? '',
  retryAfter: more.retryAfter ?? null,
});
const silence: Answer = { kind: 'no-answer', because: 'no answer within 10 s' };

describe('an attempt', () => {
  test.each([
    [answered(200, { text: 'ok' }), 'sent', 'it answered 200: ok'],
    [answered(204), 'sent', 'it answered 204'],
    [answered(404, { text: 'no_service' }), 'failed', 'it answered 404: no_service'],
    [answered(400, { text: 'invalid_payload' }), 'failed', 'it answered 400: invalid_payload'],
    [answered(302), 'failed', 'it answered 302: redirects are not followed, give the last address'],
    [answered(408), 'again', 'it answered 408'],
    [answered(429), 'again', 'it answered 429'],
    [answered(503, { text: 'away' }), 'again', 'it answered 503: away'],
    [silence, 'again', 'no answer within 10 s'],
  ])('with %j is %s', (answer, kind, because) => {
    expect(nextAttempt(1, answer, now, 0)).toMatchObject({ kind, because });
  });
});

describe('the pause', () => {
  const pauseMs = (attempts: number, answer: Answer, random = 1) => {
    const next = nextAttempt(attempts, answer, now, random);
    return next.kind === 'again' ? next.afterMs : null;
  };

  test('grows with each attempt, up to ten minutes', () => {
    expect([1, 2, 3, 4, 5, 6, 11].map((attempts) => pauseMs(attempts, silence))).toEqual([
      5_000, 15_000, 45_000, 135_000, 405_000, 600_000, 600_000,
    ]);
  });

  test('is shortened by chance, by up to a half', () => {
    expect([0, 0.5].map((random) => pauseMs(1, silence, random))).toEqual([2_500, 3_750]);
  });

  test.each([
    ['60', 60_000],
    [new Date(now + 90_000).toUTCString(), 90_000],
    ['1', 5_000],
    ['999999', 3_600_000],
    ['soon', 5_000],
    [new Date(now - 90_000).toUTCString(), 5_000],
  ])('asked for as Retry-After: %s is honoured within reason', (retryAfter, expected) => {
    expect(pauseMs(1, answered(429, { retryAfter }))).toBe(expected);
  });

  test('ends with the last attempt', () => {
    expect(nextAttempt(attemptsAtMost, silence, now, 0)).toEqual({
      kind: 'failed',
      because: 'given up after 12 attempts: no answer within 10 s',
    });
  });
});
