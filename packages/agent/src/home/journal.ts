import { type FileHandle, open } from 'node:fs/promises';
import { type JournalEntry, journalEntry } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { storageFailure } from './storage-failure.ts';

export type Entry = Omit<JournalEntry, 'seq' | 'at'>;

/** What was asked of the agent and what it did with it: append-only, on disk before the caller hears of it. */
export interface Journal {
  /** The number of the last entry; 0 when there is none. */
  lastSeq(): number;
  append(entry: Entry): Promise<JournalEntry>;
  /** Entries later than `after`, oldest first. */
  read(options: {
    readonly environment?: string | undefined;
    readonly after: number;
  }): Promise<readonly JournalEntry[]>;
  close(): Promise<void>;
}

export const openJournal = async (file: string): Promise<Journal> => {
  const handle = await open(file, 'a+', 0o600).catch((error: unknown) => {
    throw storageFailure(error, file);
  });
  let bytes = await cutTornLine(handle);
  let seq = (await readEntries(handle, file, bytes)).at(-1)?.seq ?? 0;
  let turn: Promise<unknown> = Promise.resolve();

  const write = async (entry: Entry): Promise<JournalEntry> => {
    const whole = { seq: seq + 1, at: Date.now(), ...entry };
    const line = Buffer.from(`${JSON.stringify(whole)}\n`);
    try {
      await handle.appendFile(line);
      await handle.sync();
    } catch (error) {
      // A part of the line may be there; the next one must not be glued to it.
      await handle.truncate(bytes);
      throw storageFailure(error, file);
    }
    bytes += line.length;
    seq += 1;
    return whole;
  };

  return {
    lastSeq: () => seq,
    append: (entry) => {
      const written = turn.then(() => write(entry));
      turn = written.catch(() => undefined);
      return written;
    },
    read: async ({ environment, after }) =>
      (await readEntries(handle, file, bytes)).filter(
        (entry) => entry.seq > after && (environment === undefined || entry.environment === environment),
      ),
    close: () => turn.then(() => handle.close()),
  };
};

/** A crash while writing leaves a line without its end: it was never answered for, so it goes. */
const cutTornLine = async (handle: FileHandle): Promise<number> => {
  const { size } = await handle.stat();
  const content = Buffer.alloc(size);
  await handle.read(content, 0, size, 0);
  const whole = content.lastIndexOf(0x0a) + 1;
  if (whole < size) await handle.truncate(whole);
  return whole;
};

const readEntries = async (handle: FileHandle, file: string, bytes: number): Promise<readonly JournalEntry[]> => {
  const content = Buffer.alloc(bytes);
  await handle.read(content, 0, bytes, 0);
  const lines = content.toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => parseLine(line, index + 1, file));
};

const parseLine = (line: string, number: number, file: string): JournalEntry => {
  try {
    return journalEntry.parse(JSON.parse(line));
  } catch (cause) {
    throw new Failure('data-unreadable', `${file}:${number} is not a journal entry`, {
      cause,
      hint: 'the journal was edited or the disk is damaged: move it away to begin a new one',
    });
  }
};
