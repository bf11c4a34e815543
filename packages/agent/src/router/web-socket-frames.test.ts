import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followFrames } from './web-socket-frames.ts';

const frame = (first: number, length: number): Buffer => {
  const head = length < 126 ? [first, length] : length < 65_536 ? [first, 126, length >> 8, length & 255] : null;
  const long = Buffer.alloc(10);
  long.writeUInt8(first, 0);
  long.writeUInt8(127, 1);
  long.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head === null ? long : Buffer.from(head), Buffer.alloc(length, 0x88)]);
};
const lengths = fc.constantFrom(0, 1, 5, 125, 126, 300, 65_535, 65_536);
const message = fc
  .tuple(fc.array(lengths, { maxLength: 2 }), lengths, fc.boolean())
  .map(([more, last, pinged]) =>
    Buffer.concat([
      ...more.map((length, n) => frame(n === 0 ? 0x01 : 0x00, length)),
      ...(pinged ? [frame(0x89, 3)] : []),
      frame(more.length === 0 ? 0x81 : 0x80, last),
    ]),
  );

describe('followed frames', () => {
  it('are between messages after each message and never within one, however they are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 40_000 }),
        (all, size) => {
          const frames = followFrames();
          for (const bytes of all) {
            for (let at = 0; at < bytes.length; at += size) {
              // A ping before the first frame is whole and no part of the message.
              if (at > 0 && bytes[0] !== 0x89) expect(frames.isBetweenMessages()).toBe(false);
              frames.passed(bytes.subarray(at, at + size));
            }
            expect(frames.isBetweenMessages()).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('know where in a chunk the message ends, and stand where they stood before', () => {
    const frames = followFrames();
    const bytes = Buffer.concat([frame(0x81, 300), frame(0x81, 5)]);
    frames.passed(bytes.subarray(0, 100));
    expect(frames.boundaryIn(bytes.subarray(100))).toBe(204);
    expect(frames.boundaryIn(bytes.subarray(100, 200))).toBe(0);
    expect(frames.isBetweenFrames()).toBe(false);
    frames.passed(bytes.subarray(100, 304));
    expect(frames.isBetweenMessages()).toBe(true);
  });

  it('say when the server has closed by itself', () => {
    const frames = followFrames();
    frames.passed(frame(0x81, 2));
    expect(frames.hasClosed()).toBe(false);
    frames.passed(Buffer.from([0x88, 0]));
    expect(frames.hasClosed()).toBe(true);
  });
});
