import { beginning, type ChainedRecord, contentHash, hashOf } from './chain.ts';

/** What does not fit, seen in one pass over the records; `findings.ts` tells what was done. */
export interface Walk {
  readonly records: number;
  /** The last record's number; 0 when there is none. */
  readonly last: number;
  readonly lastHash: string;
  /** Places at which no record stands. */
  readonly gaps: readonly Range[];
  /** Rows that were sealed at another place: `by` is how far on that was. Neighbours that share it are one run. */
  readonly displaced: readonly (Range & { readonly by: number })[];
  /** Rows whose content was sealed at no place near. */
  readonly changed: readonly Odd[];
  /** Rows that fit by themselves, but are not what the row after them follows. */
  readonly notFollowed: readonly number[];
  /** Numbers that stand twice, or that no chain ever gave. */
  readonly extra: readonly number[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Odd {
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly content: string;
}

/** How far from its place a record is looked for, and how many changed records are told apart. */
const reach = 1_000;
const oddsKept = 200;

/** Walks the records by their number. `look` is shown each record that stands at a place of its own. */
export const walkChain = async (
  records: AsyncIterable<ChainedRecord>,
  look: (record: Pick<ChainedRecord, 'seq' | 'hash'>) => void = () => undefined,
): Promise<Walk> => {
  const seen: Seen = { gaps: [], displaced: [], changed: [], notFollowed: [], extra: [] };
  let count = 0;
  let before: Before = { seq: 0, hashes: [beginning], fits: true };
  for await (const record of records) {
    count++;
    if (record.seq <= before.seq) before = passExtra(seen, before, record);
    else {
      look(record);
      before = passRecord(seen, before, record);
    }
  }
  return { ...seen, records: count, last: before.seq, lastHash: before.hashes[0] ?? beginning };
};

interface Seen {
  readonly gaps: Range[];
  readonly displaced: { from: number; to: number; readonly by: number }[];
  readonly changed: Odd[];
  readonly notFollowed: number[];
  readonly extra: number[];
}

interface Before {
  readonly seq: number;
  /** More than one where a number stands twice: the next record may follow either. */
  readonly hashes: readonly string[];
  /** Has the hash of what it says, at its place. */
  readonly fits: boolean;
}

const passExtra = (seen: Seen, before: Before, { seq, hash }: ChainedRecord): Before => {
  seen.extra.push(seq);
  return seq === before.seq && seq > 0 ? { ...before, hashes: [...before.hashes, hash] } : before;
};

const passRecord = (seen: Seen, before: Before, record: ChainedRecord): Before => {
  const { seq, hash, previousHash } = record;
  const isNext = seq === before.seq + 1;
  if (!isNext) seen.gaps.push({ from: before.seq + 1, to: seq - 1 });
  const content = contentOf(record);
  const by = content === undefined ? undefined : displacement(record, content, seen.displaced.at(-1)?.by ?? 0);
  if (by === undefined) noteChanged(seen, record, content);
  else if (by !== 0) noteDisplaced(seen, seq, by);
  else if (isNext && before.fits && before.seq > 0 && !before.hashes.includes(previousHash))
    seen.notFollowed.push(before.seq);
  return { seq, hashes: [hash], fits: by === 0 };
};

const noteChanged = ({ changed }: Seen, { seq, previousHash, hash }: ChainedRecord, content = ''): void => {
  if (changed.length < oddsKept) changed.push({ seq, previousHash, hash, content });
};

const noteDisplaced = ({ displaced }: Seen, seq: number, by: number): void => {
  const run = displaced.at(-1);
  if (run?.by === by && run.to === seq - 1) run.to = seq;
  else displaced.push({ from: seq, to: seq, by });
};

const contentOf = (record: ChainedRecord): string | undefined => {
  try {
    return contentHash(record);
  } catch {
    // Not even canonical JSON, so nothing that `record` ever wrote.
    return undefined;
  }
};

/** How far from where it stands the record was sealed; undefined when it fits no place near. */
const displacement = (record: ChainedRecord, content: string, likely: number): number | undefined => {
  const fits = (by: number) => hashOf(record.seq + by, record.previousHash, content) === record.hash;
  if (fits(0)) return 0;
  if (likely !== 0 && fits(likely)) return likely;
  for (let by = 1; by <= reach; by++) {
    if (fits(by)) return by;
    if (fits(-by)) return -by;
  }
  return undefined;
};
