import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { Failure } from '@plumbline/contract/failure';
import { storageFailure } from '../home/storage-failure.ts';
import type { Log } from '../log.ts';

/**
 * A file that a process writes its output to, and what was cut from it: `<file>.1` is newer than `<file>.2`. Positions
 * count all bytes that this agent has seen in it, so that a follower keeps its place when the file is cut.
 */
export interface Output {
  readonly file: string;
  /** Cuts the file when it has grown too big. The writer is held meanwhile, so that nothing it says is lost. */
  rotate(writer: Writer): void;
  /** The position after its last byte. */
  end(): number;
  /** Bytes from a position on, at most `atMost`, and where they begin: later, when older ones are gone already. */
  read(from: number, atMost: number): { readonly from: number; readonly bytes: Buffer };
  /** Epoch milliseconds of its last write. */
  writtenMs(): number;
  /** The position of the oldest byte that is still there. */
  start(): number;
}

/** The process that writes, which can be held for an instant. */
export interface Writer {
  /** Says whether it stands still now. */
  hold(): boolean;
  letGo(): void;
}

/** Cuts an output in passing: a full disk, which this is to prevent, may be there all the same; the next turn tries again. */
export const rotateInPassing = (output: Output, writer: Writer, log: Log): void => {
  try {
    output.rotate(writer);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log('error', 'output cannot be cut', { file: output.file, error: error.message });
  }
};

const keptCuts = 2;

/** By default 10 MB in the file and as much in each of two cuts. */
export const openOutput = (file: string, maxBytes = 10_000_000): Output => {
  finishCut(file);
  let base = cutFiles(file).reduce((sum, cut) => sum + sizeOf(cut), 0);

  const cut = (writer: Writer): void => {
    const copy = `${file}.copy`;
    const [from, to] = [openSync(file, 'r+'), openSync(copy, 'w', 0o600)];
    try {
      let copied = copyRest(from, to, 0);
      if (!writer.hold()) {
        rmSync(copy, { force: true });
        return;
      }
      copied = copyRest(from, to, copied);
      ftruncateSync(from, 0);
      base += copied;
    } finally {
      writer.letGo();
      closeSync(from);
      closeSync(to);
    }
    shiftCuts(file);
  };

  return {
    file,
    rotate: (writer) => {
      if (sizeOf(file) < maxBytes) return;
      try {
        cut(writer);
      } catch (error) {
        rmSync(`${file}.copy`, { force: true });
        throw storageFailure(error, file);
      }
    },
    writtenMs: () => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    end: () => base + sizeOf(file),
    start: () => base - cutFiles(file).reduce((sum, one) => sum + sizeOf(one), 0),
    read: (from, atMost) => readAt(from, atMost, base, [file, ...cutFiles(file)]),
  };
};

/** Newest first. */
const cutFiles = (file: string): readonly string[] =>
  Array.from({ length: keptCuts }, (_, index) => `${file}.${index + 1}`);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const chunkBytes = 1 << 20;

/** Copies what is behind `copied`, and again what was written meanwhile, until there is nothing more. */
const copyRest = (from: number, to: number, copied: number): number => {
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = copied; ; ) {
    const read = readSync(from, chunk, 0, chunkBytes, at);
    if (read === 0) return at;
    writeSync(to, chunk, 0, read);
    at += read;
  }
};

/** The copy gets its name after the file was cut, so it is whole whenever the file does not begin like it any more. */
const finishCut = (file: string): void => {
  const copy = `${file}.copy`;
  if (statSync(copy, { throwIfNoEntry: false }) === undefined) return;
  if (beginning(copy).equals(beginning(file))) rmSync(copy);
  else shiftCuts(file);
};

const shiftCuts = (file: string): void => {
  renameIfThere(`${file}.1`, `${file}.2`);
  renameIfThere(`${file}.copy`, `${file}.1`);
};

const renameIfThere = (from: string, to: string): void => {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
};

const beginning = (file: string): Buffer => readPart(file, 0, 4_096);

const readAt = (from: number, atMost: number, base: number, files: readonly string[]) => {
  let begin = base;
  for (const [index, file] of files.entries()) {
    if (index > 0) begin -= sizeOf(file);
    if (from >= begin) return { from, bytes: readPart(file, from - begin, atMost) };
  }
  // What was there has been cut away: go on with the oldest that is left.
  return { from: begin, bytes: readPart(files.at(-1) ?? '', 0, atMost) };
};

const readPart = (file: string, from: number, atMost: number): Buffer => {
  if (sizeOf(file) <= from) return Buffer.alloc(0);
  const open = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(atMost, fstatSync(open).size - from));
    return bytes.subarray(0, readSync(open, bytes, 0, bytes.length, from));
  } finally {
    closeSync(open);
  }
};
