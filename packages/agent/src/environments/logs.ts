import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine } from '@plumbline/contract/agent';
import type { Output } from '../processes/output.ts';

/** One stream of one replica. */
export interface Source {
  readonly output: Output;
  readonly of: Pick<LogLine, 'service' | 'replica' | 'slot' | 'release' | 'stream'>;
}

export interface LogQuery {
  readonly service?: string | undefined;
  readonly replica?: string | undefined;
  /** At most so many lines of what is there already, of all replicas together. */
  readonly tail: number;
  readonly follow: boolean;
}

const pollMs = 200;
const chunkBytes = 64 * 1024;

/** The last lines, then, while following, each new line, of replicas that come later too. */
export async function* readLogs(
  sources: () => readonly Source[],
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const places = new Map<string, Follower>();
  const matching = () => sources().filter(({ of }) => matches(of, query));
  yield* tailOf(matching(), query.tail, (source, end) => places.set(source.output.file, follower(source, end)));
  while (query.follow && !signal.aborted) {
    for (const source of matching()) {
      const place = places.get(source.output.file) ?? follower(source, source.output.start());
      places.set(source.output.file, place);
      yield* place.next();
    }
    await pause(pollMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** The last lines of one output, for a message. */
export const lastLinesOf = (output: Output, count: number): readonly string[] =>
  newest(textBefore(output, output.end(), count).lines, count);

function* tailOf(
  sources: readonly Source[],
  count: number,
  ended: (source: Source, end: number) => void,
): Generator<LogLine> {
  const all = sources.flatMap((source) => {
    const text = textBefore(source.output, source.output.end(), count);
    ended(source, text.end);
    const writtenMs = source.output.writtenMs();
    return newest(text.whole, count).map((line) => ({ at: timeIn(line) ?? writtenMs, ...source.of, line }));
  });
  yield* newest(
    all.sort((a, b) => a.at - b.at),
    count,
  );
}

const newest = <T>(all: readonly T[], count: number): readonly T[] => all.slice(Math.max(0, all.length - count));

interface Follower {
  next(): Generator<LogLine>;
}

const follower = ({ output, of }: Source, start: number): Follower => {
  let from = start;
  return {
    *next() {
      for (;;) {
        const read = output.read(from, chunkBytes);
        const whole = read.bytes.lastIndexOf(0x0a) + 1;
        const isStuck = whole === 0 && read.bytes.length === chunkBytes;
        const taken = isStuck ? chunkBytes : whole;
        from = read.from + taken;
        if (taken === 0) return;
        for (const line of linesOf(read.bytes.subarray(0, taken)))
          yield { at: timeIn(line) ?? Date.now(), ...of, line };
      }
    },
  };
};

interface Text {
  readonly whole: readonly string[];
  /** With the last line too, though its end may not be written yet. */
  readonly lines: readonly string[];
  /** The position after the last whole line. */
  readonly end: number;
}

/** Enough of the text before a position to have so many lines of it. */
const textBefore = (output: Output, end: number, count: number): Text => {
  const first = output.start();
  let bytes = Buffer.alloc(0);
  for (let from = end; from > first && countLines(bytes) <= count; ) {
    const next = Math.max(first, from - chunkBytes);
    bytes = Buffer.concat([readExactly(output, next, from - next), bytes]);
    from = next;
  }
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  return {
    whole: linesOf(bytes.subarray(0, wholeBytes)),
    lines: linesOf(bytes),
    end: end - (bytes.length - wholeBytes),
  };
};

/** A read ends where a cut does; what is asked for may reach over two. */
const readExactly = (output: Output, from: number, count: number): Buffer => {
  const parts: Buffer[] = [];
  for (let left = count; left > 0; ) {
    const { bytes } = output.read(from + count - left, left);
    if (bytes.length === 0) break;
    parts.push(bytes);
    left -= bytes.length;
  }
  return Buffer.concat(parts);
};

const countLines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
};

const linesOf = (bytes: Buffer): readonly string[] => {
  const lines = bytes.toString('utf8').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** The line's own time, when it is JSON with a timestamp. */
const timeIn = (line: string): number | null => {
  const stamp = /"(?:timestamp|time)"\s*:\s*"([^"]{10,40})"/.exec(line)?.[1];
  const at = stamp === undefined ? Number.NaN : Date.parse(stamp);
  return Number.isNaN(at) ? null : at;
};

const matches = (of: Source['of'], { service, replica }: LogQuery): boolean =>
  (service === undefined || of.service === service) && (replica === undefined || of.replica === replica);
