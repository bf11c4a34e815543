import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { Problem } from '../http/problem.ts';
import { LARGEST_BYTES, type Stored } from './documents.ts';
import type { DocumentStore } from './store.ts';

const DEADLINE_MS = 60_000;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

/** Streams a body into the store, hashing it on its way. It is never in memory as a whole. */
export async function receive(
  store: DocumentStore,
  body: Readable,
  headers: IncomingHttpHeaders,
  { projectId, name }: Pick<Stored, 'projectId' | 'name'>,
): Promise<Stored> {
  const sizeBytes = announcedSize(headers);
  const objectKey = `${projectId}/${randomUUID()}`;
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform: (chunk, _encoding, next) => {
      hash.update(chunk);
      next(null, chunk);
    },
  });
  // A client that goes away must end the hashing too, and with it what the store has begun.
  body.once('error', (error) => hashing.destroy(error));
  await store.put(objectKey, body.pipe(hashing), sizeBytes, AbortSignal.timeout(DEADLINE_MS));
  return { projectId, name, mediaType: mediaTypeOf(headers), sizeBytes, sha256: hash.digest('hex'), objectKey };
}

// Node ends a body at its announced length, so checking the announcement bounds the body.
function announcedSize(headers: IncomingHttpHeaders): number {
  const size = Number(headers['content-length'] ?? Number.NaN);
  if (Number.isNaN(size)) throw new Problem(411, 'length-required', 'Say the size of the document in Content-Length.');
  if (size === 0) throw new Problem(400, 'empty', 'The document is empty.');
  if (size <= LARGEST_BYTES) return size;
  throw new Problem(413, 'too-large', `The document is too large: at most ${LARGEST_BYTES / 1024 / 1024} MB.`);
}

function mediaTypeOf(headers: IncomingHttpHeaders): string {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  return MEDIA_TYPE.test(type) ? type : 'application/octet-stream';
}
