import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followEvents } from './event-stream.ts';

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const events = lineEnd.chain((end) =>
  fc.array(
    fc
      .array(fc.constantFrom('data: one', 'id: 7', ': kept alive'), { minLength: 1, maxLength: 3 })
      .map((lines) => lines.join(end) + end + end),
    { minLength: 1, maxLength: 5 },
  ),
);

describe('a followed event stream', () => {
  it('is at a boundary at its start', () => {
    expect(followEvents(false).isAtBoundary()).toBe(true);
  });

  it('is at a boundary after each event and not within one, however it is cut into chunks', () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (all, sizes) => {
        const followed = followEvents(false);
        for (const event of all) {
          for (let at = 0; at < event.length; ) {
            const size = sizes.next().value ?? 1;
            followed.passed(Buffer.from(event.slice(at, at + size)));
            at += size;
            const isOver = at >= event.length;
            // CR CR may be the whole of a blank line or, if LF follows, a part of it: both end an event.
            if (isOver || !event.slice(0, at).endsWith('\r\r')) expect(followed.isAtBoundary()).toBe(isOver);
          }
        }
      }),
    );
  });

  it.each([
    ['data: a\n', '\ndata: b', 1],
    ['data: a', '\n\ndata: b\n\ndata: c', 11],
    ['data: a\r\n\r', '\ndata', 1],
    ['data: a', '\r\r', 2],
    ['data: a', 'b\n', 0],
  ])('after %j knows where to cut %j', (before, chunk, length) => {
    const followed = followEvents(false);
    followed.passed(Buffer.from(before));
    expect(followed.boundaryIn(Buffer.from(chunk))).toBe(length);
  });

  it('is cut between any two chunks when it is compressed', () => {
    const followed = followEvents(true);
    followed.passed(Buffer.from([1, 2, 3]));
    expect(followed.isAtBoundary()).toBe(true);
    expect(followed.boundaryIn(Buffer.from([4, 5]))).toBe(2);
  });
});
