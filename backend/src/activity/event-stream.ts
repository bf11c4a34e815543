import { PassThrough, type Readable } from 'node:stream';
import type { ActivityEntry } from './activity.ts';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 500;
const MOST_UNSENT_BYTES = 1_000_000;

/** Server-sent events of one client. */
export interface EventStream {
  readonly bytes: Readable;
  readonly tell: (entry: ActivityEntry) => void;
  /** Says that this process goes away, and ends: the client reconnects, and reaches another. */
  readonly goodbye: () => void;
}

export function openEventStream(): EventStream {
  const bytes = new PassThrough();
  const write = (text: string) => {
    // Who does not read is let go, rather than kept in memory; on reconnecting it gets what it missed.
    if (bytes.writableLength > MOST_UNSENT_BYTES) bytes.destroy();
    else if (bytes.writable) bytes.write(text);
  };
  // Proxies and browsers give up on a silent connection.
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  bytes.once('close', () => clearInterval(heartbeat));
  write(`retry: ${RECONNECT_MS}\n\n`);

  return {
    bytes,
    tell: (entry) => write(`id: ${entry.id}\nevent: activity\ndata: ${JSON.stringify(entry)}\n\n`),
    goodbye: () => {
      write(`retry: ${RECONNECT_MS}\nevent: close\ndata: {}\n\n`);
      bytes.end();
    },
  };
}
