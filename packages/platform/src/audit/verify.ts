import { readFile } from 'node:fs/promises';
import type { AuditVerification } from '@plumbline/contract/audit';
import { z } from 'zod';
import type { Database } from '../kernel/database.ts';
import { type Checkpoint, isSignedBy, type Line, parseLines } from './checkpoint.ts';
import { type Finding, finding, findingsOf } from './findings.ts';
import { checkpointsPath, keyPath, readKey, type SigningKey } from './key.ts';
import { everyRecord } from './read.ts';
import { walkChain } from './walk.ts';

/** More would hide the first ones, which tell what was done. */
const findingsKept = 100;

/** Reads every record and every checkpoint, and names what was edited, removed, moved, added, cut or rewritten. */
export const verifyAudit = async (database: Database, home: string): Promise<AuditVerification> => {
  const key = await readKey(home);
  // Before the records: what is sealed while they are read is no cut.
  const lines = await readLines(home);
  const { signed, findings } = inspectCheckpoints(lines, key);
  const bySeq = new Map(signed.map((one) => [one.seq, one]));
  const differing: Checkpoint[] = [];
  let fitting: Checkpoint | undefined;
  const before = await readHead(database);
  const walk = await walkChain(everyRecord(database), ({ seq, hash }) => {
    const one = bySeq.get(seq);
    if (one === undefined) return;
    if (one.hash !== hash) differing.push(one);
    else if (differing.length === 0) fitting = one;
  });
  const last = signed.at(-1);
  const after = await readHead(database);
  const head = before && after && { ...before, seqAfter: after.seq };
  const all = [
    ...findings,
    ...missing(key, lines, walk.records, home),
    ...findingsOf(walk, head, { last, fitting, differing }),
  ];
  return {
    ok: all.length === 0,
    records: walk.records,
    checkpoints: signed.length,
    findings: all.slice(0, findingsKept),
    unsealed: Math.max(0, walk.last - (last?.seq ?? 0)),
    lastCheckpoint: last === undefined ? null : { seq: last.seq, at: last.at },
    key: { path: keyPath(home), protectsAgainst },
  };
};

const protectsAgainst =
  'whoever can change the database but not read this key. Whoever can read the key could sign a rewritten chain: ' +
  'against them keep copies of checkpoints.jsonl, which lies beside it, where they cannot write.';

const readLines = async (home: string): Promise<Line[]> => {
  try {
    return parseLines(await readFile(checkpointsPath(home), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

const readHead = async (database: Database): Promise<{ seq: number; hash: string } | undefined> => {
  const head = z.object({ seq: z.int(), hash: z.string() });
  const [found] = await database.query('select seq, hash from plumbline.audit_head', [], head);
  return found;
};

/** Those that can be believed, and what is wrong with the others. */
const inspectCheckpoints = (lines: readonly Line[], key: SigningKey | undefined) => {
  const findings = lines.flatMap((line, at) => wrongWith(line, at + 1, key));
  const read = lines.flatMap((line) => ('checkpoint' in line ? [line.checkpoint] : []));
  const signed = key === undefined ? [] : read.filter((one) => one.key === key.id && isSignedBy(one, key));
  const ofOthers = key === undefined ? [] : read.filter((one) => one.key !== key.id);
  if (ofOthers.length === 0) return { signed, findings };
  const message = `The key was changed: ${ofOthers.length} checkpoints were signed with another one, and cannot be checked.`;
  return { signed, findings: [...findings, finding('key-changed', null, message)] };
};

const wrongWith = (line: Line, number: number, key: SigningKey | undefined): Finding[] => {
  if ('broken' in line) return [finding('checkpoint-edited', null, `Line ${number} is no checkpoint.`)];
  const { checkpoint, follows } = line;
  const found: Finding[] = [];
  if (checkpoint.previous !== follows)
    found.push(finding('checkpoint-removed', null, `Checkpoints before line ${number} were removed or changed.`));
  if (key !== undefined && checkpoint.key === key.id && !isSignedBy(checkpoint, key))
    found.push(finding('checkpoint-edited', null, `Line ${number} was edited: its signature does not fit.`));
  return found;
};

const missing = (key: SigningKey | undefined, lines: readonly Line[], records: number, home: string): Finding[] => {
  if (key === undefined && (lines.length > 0 || records > 0))
    return [finding('key-missing', null, `The key ${keyPath(home)} is missing: no checkpoint can be checked.`)];
  if (key !== undefined && lines.length === 0)
    return [
      finding(
        'checkpoint-removed',
        null,
        `${checkpointsPath(home)} is gone or empty: the first line is written with the key.`,
      ),
    ];
  return [];
};
