import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { z } from 'zod';
import type { Database } from '../kernel/database.ts';
import { locks } from '../kernel/database-lock.ts';
import { type Log, silentLog } from '../kernel/log.ts';
import { sleep, type Turn, waitFor } from '../kernel/wait.ts';
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

/**
 * Seals the audit every second while it grows. The first checkpoint, over no record, is made with the key. Of several
 * control planes one seals at a time, and goes on from what the others have sealed.
 */
export const startCheckpointer = async (options: CheckpointerOptions): Promise<Checkpointer> => {
  const { database, home, everyMs = 1_000, log = silentLog, now = Date.now } = options;
  const alone = (said: () => Promise<Said>) =>
    inAuditFolder(home, () => sealingAlone(database, async () => book.append(await said())));
  const book = await inAuditFolder(home, async () => openBook(home, await keyOf(home)));
  let last = await alone(async () => ({ ...nothing, at: now() })).catch(async (error: unknown) => {
    await book.close();
    throw error;
  });
  const stopping = new AbortController();

  const sealOnce = async (): Promise<Checkpoint> => {
    const head = await auditHead(database);
    // Fewer records than were sealed: `verify` says so. Sealing them would only hide from when on.
    if (head !== undefined && head.seq > last.seq) last = await alone(async () => ({ ...head, at: now() }));
    return last;
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
    sealed: () => last,
    close: async () => {
      stopping.abort();
      await ended;
      await book.close();
    },
  };
};

type Said = Pick<Checkpoint, 'seq' | 'hash' | 'at'>;

const nothing = { seq: 0, hash: hashOfLine(undefined) };

const patience = { deadlineMs: 5_000, everyMs: 20 };

/** Under a lock of the database, which one who dies gives back with its connection. */
const sealingAlone = (database: Database, work: () => Promise<Checkpoint>): Promise<Checkpoint> => {
  const tryOnce = () =>
    database.transaction(async (tx): Promise<Turn<Checkpoint>> => {
      const sql = 'select pg_try_advisory_xact_lock($1) as locked';
      const [row] = await tx.query(sql, [locks.seal], z.object({ locked: z.boolean() }));
      return row?.locked ? { done: await work() } : { because: 'another control plane seals' };
    });
  return waitFor('The seal of the audit', tryOnce, patience);
};

interface Book {
  /** Signs it, unless as much was sealed before; answers the last checkpoint. */
  append(said: Said): Promise<Checkpoint>;
  close(): Promise<void>;
}

const openBook = async (home: string, key: SigningKey): Promise<Book> => {
  await mkdir(auditFolder(home), { recursive: true, mode: 0o700 });
  const file = await open(checkpointsPath(home), constants.O_RDWR | constants.O_CREAT, 0o600);
  let line: string | undefined;
  let last: Checkpoint | undefined;
  let end = 0;
  const readOn = async (): Promise<void> => {
    const written = await wholeLinesFrom(file, end);
    end += Buffer.byteLength(written);
    line = written.split('\n').at(-2) ?? line;
    last =
      parseLines(written)
        .flatMap((one) => ('checkpoint' in one ? [one.checkpoint] : []))
        .at(-1) ?? last;
  };
  const append: Book['append'] = async (said) => {
    await readOn();
    if (last !== undefined && last.seq >= said.seq) return last;
    const one = signCheckpoint({ ...said, previous: hashOfLine(line) }, key);
    const bytes = Buffer.from(`${lineOf(one)}\n`);
    await file.write(bytes, 0, bytes.length, end);
    await file.datasync();
    end += bytes.length;
    line = lineOf(one);
    last = one;
    return one;
  };
  return { append, close: () => file.close() };
};

/** A crash in the middle of a write leaves a line without its end: it sealed nothing, and goes. */
const wholeLinesFrom = async (file: FileHandle, start: number): Promise<string> => {
  const { size } = await file.stat();
  if (size <= start) return '';
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
  const whole = buffer.subarray(0, buffer.lastIndexOf('\n') + 1);
  if (whole.length < bytesRead) await file.truncate(start + whole.length);
  return whole.toString('utf8');
};
