/**
 * Follows a `text/event-stream` and knows where an event has ended, so that the stream can be cut there and the browser
 * reconnects without having lost one.
 */
export interface EventStream {
  /** Nothing of an unfinished event has been passed on. */
  isAtBoundary(): boolean;
  /** Takes note of a chunk that is passed on. */
  passed(chunk: Buffer): void;
  /** How many bytes of the chunk go up to the end of the last event that ends in it; 0 if none does. */
  boundaryIn(chunk: Buffer): number;
}

const [LF, CR] = [0x0a, 0x0d];
/** As much as the longest blank line needs: CR LF CR LF. */
const tailBytes = 4;

export const followEvents = (isEncoded: boolean): EventStream => (isEncoded ? followEncoded() : followPlain());

const followPlain = (): EventStream => {
  // As after a blank line: an event may begin at the start.
  let tail = Buffer.from('\n\n');
  return {
    isAtBoundary: () => endsWithBlankLine(tail, tail.length),
    passed(chunk) {
      tail = Buffer.concat([tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes);
    },
    boundaryIn(chunk) {
      const both = Buffer.concat([tail, chunk]);
      for (let end = both.length; end > tail.length; end -= 1) {
        if (endsWithBlankLine(both, end)) return end - tail.length;
      }
      return 0;
    },
  };
};

/** Compressed streams cannot be read here; who compresses one flushes after each event, so that chunks end with events. */
const followEncoded = (): EventStream => ({
  isAtBoundary: () => true,
  passed: () => undefined,
  boundaryIn: (chunk) => chunk.length,
});

/** Lines end with LF, CR LF or CR. */
const endsWithBlankLine = (bytes: Buffer, end: number): boolean => {
  const last = bytes[end - 1];
  if (last === CR) return bytes[end - 2] === CR;
  if (last !== LF) return false;
  const before = bytes[end - 2];
  return before === LF || (before === CR && (bytes[end - 3] === LF || bytes[end - 3] === CR));
};
