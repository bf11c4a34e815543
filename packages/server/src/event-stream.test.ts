import { expect, test } from 'vitest';
import { eventText, withHeartbeats } from './event-stream.ts';

const never = new AbortController().signal;

async function* numbers(count: number, taken: number[] = []): AsyncGenerator<number> {
  for (let number = 1; number <= count; number++) {
    taken.push(number);
    yield number;
  }
}

async function* silence(signal: AbortSignal): AsyncGenerator<number> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

test('an event is one block, whatever line ends its data has', () => {
  expect(eventText({ id: 7, event: 'note', data: 'a\nb' })).toBe('id: 7\nevent: note\ndata: "a\\nb"\n\n');
});

test('everything that the source gives comes through in order', async () => {
  const seen = [];
  for await (const one of withHeartbeats(numbers(100), 60_000, never)) seen.push(one);
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test('a silent source gives heartbeats', async () => {
  const stop = new AbortController();
  const beats = [];
  for await (const one of withHeartbeats(silence(stop.signal), 5, stop.signal)) {
    beats.push(one);
    if (beats.length === 3) stop.abort();
  }
  expect(beats).toEqual(['heartbeat', 'heartbeat', 'heartbeat']);
});

test('a reader that stops reading stops the source', async () => {
  const taken: number[] = [];
  const reader = withHeartbeats(numbers(1000, taken), 60_000, never);
  await reader.next();
  await reader.next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(taken.length).toBeLessThanOrEqual(3);
  await reader.return(undefined);
});

test('an error of the source reaches the reader', async () => {
  async function* breaking(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken');
  }
  const reader = withHeartbeats(breaking(), 60_000, never);
  await reader.next();
  await expect(reader.next()).rejects.toThrow('broken');
});
