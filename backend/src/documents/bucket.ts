import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { DocumentStore } from './store.ts';

const CHECK_DEADLINE_MS = 2_000;

/** Keeps documents in S3, below the address's path. Region and credentials come from where the SDK looks for them. */
export function bucketStore(address: URL): DocumentStore {
  const Bucket = address.hostname;
  const prefix = address.pathname.replace(/^\/|\/$/g, '');
  const objectOf = (name: string) => ({ Bucket, Key: prefix ? `${prefix}/${name}` : name });
  // A checksum beside the one of TLS would need the whole body first, or a trailer that not every S3 understands.
  const s3 = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    forcePathStyle: Bucket.includes('.'),
    logger: silent,
  });

  return {
    put: async (name, bytes, size, signal) => {
      // The client of S3 waits for a body that broke off as if it only paused.
      const broken = new AbortController();
      bytes.once('error', (error) => broken.abort(error));
      const put = new PutObjectCommand({ ...objectOf(name), Body: bytes, ContentLength: size });
      await s3.send(put, { abortSignal: AbortSignal.any([signal, broken.signal]) });
    },
    get: async (name) => {
      const { Body } = await s3.send(new GetObjectCommand(objectOf(name)));
      if (!(Body instanceof Readable)) throw new Error(`the bucket answered without a body for ${name}`);
      return Body;
    },
    remove: async (name) => {
      await s3.send(new DeleteObjectCommand(objectOf(name)));
    },
    isReachable: () =>
      s3.send(new HeadBucketCommand({ Bucket }), { abortSignal: AbortSignal.timeout(CHECK_DEADLINE_MS) }).then(
        () => true,
        () => false,
      ),
  };
}

// It writes notes to the console of what it also throws.
const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
