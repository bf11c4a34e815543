import type { AuditVerification } from '@plumbline/contract/audit';
import { hashOf } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Odd, Range, Walk } from './walk.ts';

export type Finding = AuditVerification['findings'][number];

/** The head of the chain as the database keeps it, and how far it had come when all records were read. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly seqAfter: number;
}

/** Checkpoints that are signed, against what stands in the table now. */
export interface Sealed {
  readonly last: Checkpoint | undefined;
  /** The last one that still fits. */
  readonly fitting: Checkpoint | undefined;
  /** Those whose record has another hash now, in order. */
  readonly differing: readonly Checkpoint[];
}

/** What was done to the records, each named by its number. */
export const findingsOf = (walk: Walk, head: Head | undefined, sealed: Sealed): Finding[] => {
  const moved = movedRecords(walk);
  const movedTo = new Set(moved.map(({ place }) => place));
  const found = [
    ...moved.map(({ record, place }) =>
      finding('moved', record, `Record ${record} stands at the place of record ${place}.`),
    ),
    ...shiftedRecords(walk, moved),
    ...walk.gaps.flatMap((gap) => removedIn(gap, moved)),
    ...extraRecords(walk, head),
    ...walk.changed
      .filter(({ seq }) => !movedTo.has(seq) && (head === undefined || seq <= head.seqAfter))
      .map(({ seq }) => finding('edited', seq, `Record ${seq} was edited: it does not have the hash of what it says.`)),
    ...walk.notFollowed.map((seq) =>
      finding(
        'edited',
        seq,
        `Record ${seq} was edited and its hash made to fit: record ${seq + 1} follows another one.`,
      ),
    ),
    ...cutTail(walk, head, sealed),
  ];
  return [...found, ...rewritten(walk, head, sealed, found)];
};

export const finding = (kind: string, seq: number | null, message: string): Finding => ({ kind, seq, message });

interface Moved {
  /** The number under which it was sealed. */
  readonly record: number;
  readonly place: number;
}

/** Records that only changed places: whole rows under another's number, or contents exchanged under their hashes. */
const movedRecords = ({ displaced, gaps, changed }: Walk): Moved[] => {
  const rows = displaced.flatMap(({ from, to, by }) => (from === to ? [{ record: from + by, place: from }] : []));
  const places = new Set(rows.map(({ place }) => place));
  const isFree = (seq: number) => places.has(seq) || gaps.some((gap) => gap.from <= seq && seq <= gap.to);
  return [...rows.filter(({ record }) => isFree(record)), ...exchangedContents(changed)];
};

const exchangedContents = (changed: readonly Odd[]): Moved[] =>
  changed.flatMap((one) => {
    const sealedAs = changed.find(
      (other) => other !== one && hashOf(other.seq, other.previousHash, one.content) === other.hash,
    );
    return sealedAs === undefined ? [] : [{ record: sealedAs.seq, place: one.seq }];
  });

/** Where a run of records stands off its place without a gap, some before it were taken out or put in. */
const shiftedRecords = ({ displaced }: Walk, moved: readonly Moved[]): Finding[] => {
  const places = new Set(moved.map(({ place }) => place));
  let shift = 0;
  return displaced.flatMap(({ from, to, by }) => {
    if (from === to && places.has(from)) return [];
    const change = by - shift;
    shift = by;
    if (change === 0) return [];
    const first = change > 0 ? from + by - change : from + change;
    const what = change > 0 ? 'removed' : 'added';
    return [
      finding(what, first, `${records(first, first + Math.abs(change) - 1)} ${what}, and those after renumbered.`),
    ];
  });
};

const removedIn = (gap: Range, moved: readonly Moved[]): Finding[] => {
  const elsewhere = new Set(moved.map(({ record }) => record));
  if (gap.from === gap.to && elsewhere.has(gap.from)) return [];
  return [finding('removed', gap.from, `${records(gap.from, gap.to)} removed.`)];
};

const extraRecords = (walk: Walk, head: Head | undefined): Finding[] => {
  const twice = walk.extra.map((seq) =>
    finding(
      'added',
      seq,
      seq < 1
        ? `Record ${seq} was added: the chain begins with 1.`
        : `Record ${seq} was added: there are two of this number.`,
    ),
  );
  if (head === undefined || walk.last <= head.seqAfter) return twice;
  const { seqAfter } = head;
  return [
    ...twice,
    finding('added', seqAfter + 1, `${records(seqAfter + 1, walk.last)} added: the chain ended with ${seqAfter}.`),
  ];
};

const cutTail = ({ last }: Walk, head: Head | undefined, { last: checkpoint }: Sealed): Finding[] => {
  const sealedTo = checkpoint?.seq ?? 0;
  const end = Math.max(sealedTo, head?.seq ?? 0);
  if (end <= last) return [];
  const knownBy =
    checkpoint !== undefined && sealedTo === end ? `the checkpoint of ${time(checkpoint.at)}` : "the chain's head";
  return [finding('cut', last + 1, `${records(last + 1, end)} cut off: ${knownBy} knows of ${end}.`)];
};

/** A chain that fits together, and is not what was signed. What was found by name already is not told again. */
const rewritten = (walk: Walk, head: Head | undefined, sealed: Sealed, found: readonly Finding[]): Finding[] => {
  const first = (sealed.fitting?.seq ?? 0) + 1;
  const explained = (to: number) => found.some(({ seq }) => seq !== null && seq >= first && seq <= to);
  const end = sealed.differing.at(-1);
  if (end !== undefined && !explained(end.seq))
    return [
      finding(
        'rewritten',
        first,
        `${records(first, end.seq)} rewritten: the chain fits together, but is not what was sealed on ${time(end.at)}.`,
      ),
    ];
  if (found.length > 0 || head === undefined || head.seq !== walk.last || head.hash === walk.lastHash) return [];
  return [
    finding(
      'edited',
      walk.last,
      `Record ${walk.last} was edited and its hash made to fit: the chain's head names another one.`,
    ),
  ];
};

const records = (from: number, to: number): string =>
  from === to ? `Record ${from} was` : `Records ${from} to ${to} were`;

const time = (at: number): string => new Date(at).toISOString();
