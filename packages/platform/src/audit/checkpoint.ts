import { sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { beginning } from './chain.ts';
import type { SigningKey } from './key.ts';

/** Says, signed: at this time the record of this number was the last one, with this hash. */
const checkpoint = z.strictObject({
  seq: z.int(),
  hash: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** Of the line before, so that none can be taken out of the middle. */
  previous: z.string(),
  key: z.string(),
  signature: z.string(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

/** A line of the checkpoints' file: what it says, or that it is none. */
export type Line = { readonly checkpoint: Checkpoint; readonly follows: string } | { readonly broken: string };

export const signCheckpoint = (
  said: Omit<Checkpoint, 'key' | 'signature'>,
  { id, privateKey }: SigningKey,
): Checkpoint => {
  const signed = { ...said, key: id };
  return { ...signed, signature: sign(null, bytesOf(signed), privateKey).toString('base64') };
};

export const isSignedBy = (
  { signature, ...signed }: Checkpoint,
  { publicKey }: Pick<SigningKey, 'publicKey'>,
): boolean => verify(null, bytesOf(signed), publicKey, Buffer.from(signature, 'base64'));

export const lineOf = (one: Checkpoint): string => canonicalJson(one);

/** The hash by which the next checkpoint names this line; before the first one, the beginning. */
export const hashOfLine = (line: string | undefined): string => (line === undefined ? beginning : sha256(line));

/** Reads the file's text. A last line without its end was torn by a crash, and counts for nothing. */
export const parseLines = (text: string): Line[] => {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, at) => {
    const parsed = checkpoint.safeParse(parseJson(line));
    if (!parsed.success) return { broken: line };
    return { checkpoint: parsed.data, follows: hashOfLine(lines[at - 1]) };
  });
};

const bytesOf = (signed: Omit<Checkpoint, 'signature'>): Buffer => Buffer.from(canonicalJson(signed));

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON at all: the caller tells it as a broken line, like JSON of another shape.
    return undefined;
  }
};
