import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** A request's body on its way to a replica. */
export interface Upload {
  readonly body: Readable;
  /** When the last byte came from the client, by the monotonic clock; null before the first. */
  lastByteMs(): number | null;
  /** The replica takes no more at present: what is awaited is not the client. */
  isHeldBack(): boolean;
}

/**
 * Reads the request only as fast as the replica takes it, up to `maxBytes`. It stands between the two because undici
 * destroys the body of a request that fails, and the client's connection is still needed then for the answer.
 */
export const openUpload = (request: IncomingMessage, maxBytes: number, tooLarge: () => void): Upload => {
  let received = 0;
  let lastByteMs: number | null = null;
  const body = new Readable({
    read: () => void request.resume(),
    destroy: (error, done) => {
      request.resume();
      done(error);
    },
  });
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    lastByteMs = performance.now();
    if (body.destroyed) return;
    if (received > maxBytes) tooLarge();
    else if (!body.push(chunk)) request.pause();
  });
  request.on('end', () => void (body.destroyed || body.push(null)));
  request.on('close', () => void (request.complete || body.destroy()));
  // The request's error is the client's leaving, which its response's `close` tells.
  request.on('error', () => void body.destroy());
  return { body, lastByteMs: () => lastByteMs, isHeldBack: () => request.isPaused() };
};

/** Reads the rest of a request that is answered already, since its client may read the answer only then; not for ever. */
export const discardRest = (request: IncomingMessage, withinMs: number): void => {
  const { socket } = request;
  const timer = setTimeout(() => void (request.complete || socket.destroy()), withinMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.resume();
};

/** Content-Length, where there is one. Node's parser has refused what is no number. */
export const declaredBytes = (request: IncomingMessage): number | null => {
  const declared = request.headers['content-length'];
  return declared === undefined ? null : Number(declared);
};

export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || (declaredBytes(request) ?? 0) > 0;
