import { expect, test } from 'vitest';
import { readEvents, type ServerEvent } from '../src/activity/events.ts';
import { dollars, fileSize, percent } from '../src/app/words.ts';

const stream =
  'retry: 500\n\n: still here\n\nid: 7\nevent: activity\ndata: {"name":"“Süd”"}\n\nevent: close\ndata: {}\n\n';

test.each([1, 2, 3, 7, 1_000])('events are the same however the stream is cut: every %i bytes', async (size) => {
  const bytes = new TextEncoder().encode(stream);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.slice(n * size, (n + 1) * size),
  );
  const events: ServerEvent[] = [];
  for await (const event of readEvents(new Response(new Blob(chunks)).body ?? new ReadableStream())) events.push(event);
  expect(events).toEqual([
    { id: '7', name: 'activity', data: '{"name":"“Süd”"}' },
    { id: null, name: 'close', data: '{}' },
  ]);
});

test('amounts, rates and sizes are written as people write them', () => {
  expect([dollars(123_456_700), percent(725)]).toEqual(['$1,234,567', '7.25 %']);
  expect([fileSize(999), fileSize(12_345), fileSize(2_500_000)]).toEqual(['999 B', '12 kB', '2.5 MB']);
});
