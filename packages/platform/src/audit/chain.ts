import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';

/** What a record says, without its place in the chain. */
export interface Content {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly subject: string;
  readonly why: string | null;
  readonly detail: unknown;
  readonly key: string;
}

export interface Link {
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

export interface ChainedRecord extends Content, Link {}

/** What the first record follows. */
export const beginning = '0'.repeat(64);

/** Of the content alone, since only the database knows a record's place, at its commit. */
export const contentHash = ({ at, who, what, subject, why, detail, key }: Content): string =>
  sha256(canonicalJson({ at, who, what, subject, why, detail, key }));

/** Ties a content to its place: nobody can change, move or remove a record without every hash after it changing. */
export const hashOf = (seq: number, previousHash: string, content: string): string =>
  sha256(canonicalJson({ content, previousHash, seq }));
