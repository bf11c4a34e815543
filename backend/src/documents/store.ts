import type { Readable } from 'node:stream';

/** Where the bytes of documents are kept. A name is written once. */
export interface DocumentStore {
  /** Keeps exactly `size` bytes under the name, or nothing. */
  put(name: string, bytes: Readable, size: number, signal: AbortSignal): Promise<void>;
  get(name: string): Promise<Readable>;
  /** Removing what is not there is fine. */
  remove(name: string): Promise<void>;
  isReachable(): Promise<boolean>;
}
