import type { MigrationFinding } from '@plumbline/contract/migration-check';
import pg from 'pg';
import { acceptedFindings } from './accepts.ts';
import { compatibilityFindings } from './compatibility-findings.ts';
import { dataFindings } from './data-findings.ts';
import { type RowsOf, unknownRows } from './hold.ts';
import { guardFindings, lockFindings } from './lock-findings.ts';
import {
  failuresOf,
  newFailures,
  type Probe,
  type ProbeFailure,
  probesFor,
  probesOfSent,
  type SentStatement,
} from './probes.ts';
import { lossesBetween, type RowValues, rowValues, type ValueLoss } from './row-values.ts';
import { runFindings } from './run-findings.ts';
import { changesBetween, type SchemaChange } from './schema-changes.ts';
import { factsOf, type SchemaFacts } from './schema-facts.ts';
import { freshRows } from './seed.ts';
import type { Shadow } from './shadow.ts';
import type { Tracer } from './trace.ts';
import type { TracedFile } from './trace-words.ts';

/** What a shadow is like before any of the files. */
export interface BeforeFiles {
  /** Tables, indexes and whatever else has a file, by oid. */
  readonly existing: readonly number[];
  readonly facts: SchemaFacts;
  readonly values: RowValues;
  readonly probes: readonly Probe[];
  /** What fails by itself says nothing of the files. */
  readonly failures: readonly ProbeFailure[];
  readonly sent: readonly string[];
}

/** Reads a shadow once, and makes up what old code would send; `sent` is what it was seen to send. */
export const beforeFiles = async (shadow: Shadow, sent: readonly SentStatement[] = []): Promise<BeforeFiles> => {
  const databaseUrl = await shadow.ordinary();
  const before = await withClient(databaseUrl, async (client) => {
    const facts = await factsOf(client);
    const probes = [...probesFor(facts, await freshRows(client)), ...probesOfSent(sent)];
    const failures = await failuresOf(client, probes);
    const { rows } = await client.query<{ oid: number }>(
      'select oid::int8::float8 as oid from pg_class where oid > 16383',
    );
    const existing = rows.map(({ oid }) => oid);
    return {
      existing,
      facts,
      probes,
      failures,
      values: await rowValues(client, facts),
      sent: sent.map(({ text }) => text),
    };
  });
  await shadow.drop(databaseUrl);
  return before;
};

/** Databases in which the files of one release are run: among ordinary rows, and among difficult ones. */
export interface Copies {
  readonly ordinary: string;
  readonly difficult: string;
}

/** Makes the two, uses them and drops them. */
export const withCopies = async <T>(shadow: Shadow, use: (copies: Copies) => Promise<T>): Promise<T> => {
  const [ordinary, difficult] = [await shadow.ordinary(), await shadow.difficult()];
  try {
    return await use({ ordinary, difficult });
  } finally {
    await shadow.drop(ordinary);
    await shadow.drop(difficult);
  }
};

export interface FilesToCheck {
  readonly shadow: Pick<Shadow, 'rows' | 'empty' | 'fill' | 'drop'>;
  readonly copies: Copies;
  readonly tracer: Tracer;
  readonly before: BeforeFiles;
  /** Absolute. */
  readonly folder: string;
  /** Pending, in order: they are one release's. */
  readonly files: readonly string[];
}

/** Runs the files of a release in a shadow, and tells what they would do to whoever uses the database meanwhile. */
export const checkFiles = async (order: FilesToCheck): Promise<readonly MigrationFinding[]> => {
  const findings: MigrationFinding[] = [];
  const told = new Told();
  let databases: Databases = { main: order.copies.ordinary, difficult: order.copies.difficult, isRefilled: false };
  try {
    for (const [index, file] of order.files.entries()) {
      const checked = await checkFile(order, order.files.slice(0, index), file, databases, told);
      findings.push(...checked.findings);
      databases = checked.databases;
      if (checked.failed) break;
    }
    return findings;
  } finally {
    if (databases.isRefilled) await order.shadow.drop(databases.main);
  }
};

/** What was told of earlier files is not told of later ones again. */
class Told {
  readonly #keys = new Set<string>();

  fresh<T>(list: readonly T[], keyOf: (one: T) => unknown): readonly T[] {
    return list.filter((one) => {
      const key = JSON.stringify(keyOf(one));
      const isFresh = !this.#keys.has(key);
      this.#keys.add(key);
      return isFresh;
    });
  }
}

interface Databases {
  /** What files are run in first; ordinary rows, as long as these suit them. */
  readonly main: string;
  /** Null once a file has failed there. */
  readonly difficult: string | null;
  /** The ordinary rows did not suit, and others were made up after the file: what becomes of values is not seen. */
  readonly isRefilled: boolean;
}

interface CheckedFile {
  readonly findings: readonly MigrationFinding[];
  readonly databases: Databases;
  readonly failed: boolean;
}

const checkFile = async (
  order: FilesToCheck,
  earlier: readonly string[],
  file: string,
  databases: Databases,
  told: Told,
): Promise<CheckedFile> => {
  const { tracer, folder, before, shadow } = order;
  const trace = (databaseUrl: string, name = file) =>
    tracer.trace({ databaseUrl, folder, file: name, existing: [...before.existing] });
  const first = await trace(databases.main);
  const difficult = databases.difficult === null ? null : await trace(databases.difficult);
  const again = isOfRows(first) ? await withoutRows(order, earlier, trace) : null;
  const main = again?.traced.error === null ? again.traced : first;
  const rowsOf: RowsOf = (relation) => rowsIn(shadow.rows, before, relation);
  const next: Databases = {
    main: again?.databaseUrl ?? databases.main,
    difficult: difficult?.error === null ? databases.difficult : null,
    isRefilled: again !== null || databases.isRefilled,
  };
  const said = [
    ...runFindings({ ordinary: main, difficult: again === null ? difficult : first }),
    ...guardFindings(main),
    ...lockFindings(main, rowsOf),
    ...(await afterwards(next, main, before, told)),
  ];
  const isTold = new Set<string>();
  const distinct = said.filter(({ id, line, message }) => {
    const key = id === 'column-required' ? `${id} ${line}` : message;
    return !isTold.has(key) && isTold.add(key);
  });
  return { findings: acceptedFindings(main, distinct), databases: next, failed: main.error !== null };
};

/** It failed on rows that were made up, which need not be like the real ones; a column that no row can have is another matter. */
const isOfRows = ({ error, statements }: TracedFile): boolean => {
  const isNewColumn =
    error?.sqlState === '23502' && statements.some(({ sql, error: own }) => own !== null && /\badd\b/i.test(sql));
  return error !== null && /^2[23]/.test(error.sqlState ?? '') && !isNewColumn;
};

/** The file once more, on empty tables, which are filled after it with rows that suit the new schema. */
const withoutRows = async (
  { shadow }: FilesToCheck,
  earlier: readonly string[],
  trace: (databaseUrl: string, name?: string) => Promise<TracedFile>,
): Promise<{ readonly databaseUrl: string; readonly traced: TracedFile }> => {
  const databaseUrl = await shadow.empty();
  for (const name of earlier) await trace(databaseUrl, name);
  const traced = await trace(databaseUrl);
  await shadow.fill(databaseUrl);
  return { databaseUrl, traced };
};

const rowsIn = (rows: Shadow['rows'], { facts }: BeforeFiles, relation: string): number => {
  const known = facts.relations.find(({ name }) => name === relation);
  if (known === undefined) return 0;
  return rows === null ? unknownRows : (rows.get(relation) ?? 0);
};

/** What old code meets after a file. */
const afterwards = async ({ main, isRefilled }: Databases, file: TracedFile, before: BeforeFiles, told: Told) =>
  withClient(main, async (client) => {
    const now = await factsOf(client);
    const changes = told.fresh<SchemaChange>(changesBetween(before.facts, now), (change) => change);
    const all = newFailures(before.failures, await failuresOf(client, before.probes));
    const failures = told.fresh(all, ({ probe, error }) => [probe.sql, probe.values, error.sqlState]);
    const losses = told.fresh<ValueLoss>(
      isRefilled ? [] : lossesBetween(before.values, await rowValues(client, now)),
      ({ relation, column }) => [relation, column, 'lost'],
    );
    const isNullable = (relation: string, column: string) =>
      before.facts.relations.find(({ name }) => name === relation)?.columns.find(({ name }) => name === column)
        ?.isRequired === false;
    return [
      ...compatibilityFindings({ file, changes, failures, sent: before.sent }),
      ...dataFindings(file, losses, isNullable),
    ];
  });

const withClient = async <T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'plumbline-shadow' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
};
