import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A line that goes on longer than this is cut into pieces, so that a program without line ends fills no memory. */
const longestLine = 16_384;

/** Tells each line of a stream, without its end, as soon as it is complete; resolves when the stream has ended. */
export const splitLines = async (stream: Readable, onLine: (line: string) => void): Promise<void> => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    for (; rest.length > longestLine; rest = rest.slice(longestLine)) onLine(rest.slice(0, longestLine));
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  // A stream that breaks off ends as well: its program was killed.
  stream.on('error', () => undefined);
  await once(stream, 'close');
  take(decoder.end());
  if (rest !== '') onLine(rest);
};
