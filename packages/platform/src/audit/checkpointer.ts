import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { Database } from '../kernel/database.ts';
import { type Log, silentLog } from '../kernel/log.ts';
import { sleep } from '../kernel/wait.ts';
import { type Checkpoint, hashOfLine, lineOf, parseLines, signCheckpoint } from './checkpoint.ts';
import { auditFolder, checkpointsPath, inAuditFolder, keyOf, type SigningKey } from './key.ts';
import { auditHead } from './read.ts';

export interface CheckpointerOptions {
  readonly database: Database;
  /** Plumbline's home. */
  readonly home: string;
  /** Default 1 s: the most by which a record stays unsealed. */
  readonly everyMs?: number;
  readonly log?: Log;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface Checkpointer {
  /** Seals what is committed by now; answers the last checkpoint, which may be an older one when nothing has moved. */
  seal(): Promise<Checkpoint>;
  /** The last checkpoint, without looking at the database. */
  sealed(): Checkpoint;
  /** Seals once more, if the database answers, and ends. */
  close(): Promise<void>;
}

/** Seals the audit every second while it grows. The first checkpoint, over no record, is made with the key. */
export const startCheckpointer = async (options: CheckpointerOptions): Promise<Checkpointer> => {
  const { database, home, everyMs = 1_000, log = silentLog, now = Date.now } = options;
  const book = await inAuditFolder(home, async () => openBook(home, await keyOf(home), now));
  const stopping = new AbortController();

  const sealOnce = async (): Promise<Checkpoint> => {
    const head = await auditHead(database);
    // Fewer records than were sealed: `verify` says so. Sealing them would only hide from when on.
    if (head === undefined || head.seq <= book.last().seq) return book.last();
    return inAuditFolder(home, () => book.append({ ...head, at: now() }));
  };
  let sealing: Promise<unknown> = Promise.resolve();
  const seal = (): Promise<Checkpoint> => {
    const next = sealing.then(sealOnce, sealOnce);
    sealing = next;
    return next;
  };
  const keepSealing = async () => {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, stopping.signal).catch(() => undefined);
      // Nothing is lost by a failure: the next turn seals what this one would have.
      await seal().catch((error: unknown) => log.warn('The audit could not be sealed', { error }));
    }
  };
  const ended = keepSealing();
  return {
    seal,
    sealed: book.last,
    close: async () => {
      stopping.abort();
      await ended;
      await book.close();
    },
  };
};

interface Book {
  last(): Checkpoint;
  append(said: Pick<Checkpoint, 'seq' | 'hash' | 'at'>): Promise<Checkpoint>;
  close(): Promise<void>;
}

const openBook = async (home: string, key: SigningKey, now: () => number): Promise<Book> => {
  await mkdir(auditFolder(home), { recursive: true, mode: 0o700 });
  const file = await open(checkpointsPath(home), constants.O_RDWR | constants.O_CREAT, 0o600);
  const written = await withoutTornLine(file);
  let line = written.split('\n').at(-2);
  let end = Buffer.byteLength(written);
  let last = parseLines(written)
    .flatMap((one) => ('checkpoint' in one ? [one.checkpoint] : []))
    .at(-1);

  const append: Book['append'] = async (said) => {
    const one = signCheckpoint({ ...said, previous: hashOfLine(line) }, key);
    const bytes = Buffer.from(`${lineOf(one)}\n`);
    // At a place, not at the end: what an earlier failed write left there is overwritten.
    await file.write(bytes, 0, bytes.length, end);
    await file.datasync();
    end += bytes.length;
    line = lineOf(one);
    last = one;
    return one;
  };
  const first = last ?? (await append({ seq: 0, hash: hashOfLine(undefined), at: now() }));
  return { last: () => last ?? first, append, close: () => file.close() };
};

/** A crash in the middle of a write leaves a line without its end: it sealed nothing, and goes. */
const withoutTornLine = async (file: FileHandle): Promise<string> => {
  const text = await file.readFile('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
  return whole;
};
