// @ts-check
import { record } from '@plumbline/platform/audit/record';
import { openDatabase } from '@plumbline/platform/kernel/database';
import { applySchema } from '@plumbline/platform/kernel/schema';
import { testDatabase } from '@plumbline/platform/testing/postgres';

const writers = 4;
const goal = 0.5;

/**
 * Audit appends a second over plain inserts of the same fields a second: the same PostgreSQL, which flushes each commit
 * to the disk, the same pool, a transaction each, several writers at once, in rounds that take turns.
 *
 * @param {{ log: (line: string) => void, quick?: boolean, signal?: AbortSignal }} options
 */
export const run = async ({ log, quick = false, signal }) => {
  const server = await testDatabase({ flushes: true });
  try {
    await applySchema(server.url);
    const database = openDatabase(server.url, { maxConnections: writers });
    try {
      await database.execute(plainTable);
      const kinds = { plain: plainInsert, audit: record };
      await measure(database, kinds.plain, 500, signal);
      await measure(database, kinds.audit, 500, signal);
      const rounds = await takeTurns(database, { rounds: quick ? 3 : 9, ms: quick ? 500 : 1_500 }, { log, signal });
      return { name: 'audit', rows: [rowOf(rounds)] };
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
  }
};

const plainTable = `create table public.plain (
  seq bigserial primary key, at double precision not null, who text not null, what text not null, subject text not null,
  why text, detail json not null, key text not null unique, previous_hash text not null, hash text not null);
  create index plain_subject on public.plain (subject, seq)`;

/** @typedef {import('@plumbline/platform/kernel/database').Database} Database */
/** @typedef {import('@plumbline/platform/kernel/database').Transaction} Transaction */
/** @typedef {import('@plumbline/platform/audit/record').AuditEntry} AuditEntry */
/** @typedef {(tx: Transaction, entry: AuditEntry) => Promise<void>} Append */

/** @type {Append} */
const plainInsert = async (tx, { who, what, subject, why, detail, key }) => {
  await tx.execute(
    `insert into public.plain (at, who, what, subject, why, detail, key, previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [Date.now(), who, what, subject, why, JSON.stringify(detail), key, 'a'.repeat(64), 'b'.repeat(64)],
  );
};

/**
 * @param {Database} database
 * @param {{ rounds: number, ms: number }} plan
 * @param {{ log: (line: string) => void, signal: AbortSignal | undefined }} more
 */
const takeTurns = async (database, { rounds, ms }, { log, signal }) => {
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    const first = round % 2 === 0;
    const a = await measure(database, first ? record : plainInsert, ms, signal);
    const b = await measure(database, first ? plainInsert : record, ms, signal);
    const [audit, plain] = first ? [a, b] : [b, a];
    log(`audit: round ${round} of ${rounds}: ${audit.toFixed(0)} appends/s, ${plain.toFixed(0)} plain inserts/s`);
    measured.push({ audit, plain, ratio: audit / plain });
  }
  return measured;
};

let keys = 0;

/**
 * How many a second.
 *
 * @param {Database} database
 * @param {Append} append
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 */
const measure = async (database, append, ms, signal) => {
  const started = performance.now();
  let done = 0;
  const write = async () => {
    while (performance.now() - started < ms) {
      signal?.throwIfAborted();
      const key = `bench:${++keys}`;
      await database.transaction((tx) => append(tx, { ...entry, key }));
      done++;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return (done / (performance.now() - started)) * 1_000;
};

const entry = {
  who: 'pipeline',
  what: 'shape.applied',
  subject: 'production',
  why: 'the candidate passed at 25 %',
  detail: { delivery: 'd-12', release: 'r-0123456789ab', generation: 42, weights: { blue: 75, green: 25 } },
};

/** @param {readonly { audit: number, plain: number, ratio: number }[]} rounds */
const rowOf = (rounds) => {
  const audit = median(rounds.map((round) => round.audit));
  const plain = median(rounds.map((round) => round.plain));
  const ratio = median(rounds.map((round) => round.ratio));
  return {
    what: `appends to the audit, ${writers} writers`,
    value: Math.round(audit),
    unit: '1/s',
    against: `plain inserts of the same fields: ${Math.round(plain)}/s`,
    ratio: Math.round(ratio * 100) / 100,
    goal: `>= ${goal}`,
    met: ratio >= goal,
  };
};

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
