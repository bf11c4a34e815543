import { Failure } from '@plumbline/contract/failure';
import { expect, test } from 'vitest';
import { sleep, waitFor } from './wait.ts';

test('it answers what the first turn that is done has found', async () => {
  let turns = 0;
  const turn = async () => (++turns < 3 ? { because: 'too early' } : { done: turns });
  expect(await waitFor('Three turns', turn, { deadlineMs: 5_000, everyMs: 1 })).toBe(3);
});

test('past the deadline it says what was waited for and why it was not so', async () => {
  const waiting = waitFor('The replica', async () => ({ because: 'it answers 503' }), { deadlineMs: 30, everyMs: 5 });
  await expect(waiting).rejects.toMatchObject({
    code: 'deadline',
    message: 'The replica: not within 0.03 s, because it answers 503.',
  });
});

test('a turn that never answers does not outlast the deadline, and is told', async () => {
  let told: AbortSignal | undefined;
  const turn = (signal: AbortSignal) => {
    told = signal;
    return new Promise<never>(() => undefined);
  };
  await expect(waitFor('The silent', turn, { deadlineMs: 20 })).rejects.toMatchObject({ code: 'deadline' });
  expect(told?.aborted).toBe(true);
});

test('an aborted wait ends at once', async () => {
  const stop = new AbortController();
  const waiting = waitFor('Nothing', async () => ({ because: 'never' }), { signal: stop.signal, deadlineMs: 60_000 });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  await expect(sleep(60_000, stop.signal)).rejects.toMatchObject({ code: 'interrupted' });
});

test('it passes on why it was aborted, where that was said', async () => {
  const reason = new Failure('lease-lost', 'Another control plane took over.');
  const waiting = waitFor('x', async () => ({ because: 'y' }), { signal: AbortSignal.abort(reason), deadlineMs: 100 });
  await expect(waiting).rejects.toBe(reason);
});

test('an error of a turn rises as it is', async () => {
  const turn = async () => {
    throw new RangeError('broken');
  };
  await expect(waitFor('x', turn, { deadlineMs: 1_000 })).rejects.toThrow(RangeError);
});
