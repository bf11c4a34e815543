import { waysOf } from './safe-ways.ts';
import { lineAbout, type Said, short } from './said.ts';
import { isAlone, kindOf, statementsOf } from './sql-statements.ts';
import type { TracedFile } from './trace-words.ts';

export interface Ran {
  /** Among ordinary rows. */
  readonly ordinary: TracedFile;
  /** Among NULLs, duplicates and long values; null where an earlier file had failed there. */
  readonly difficult: TracedFile | null;
}

/** How a file ends, and what it leaves. Pure. */
export const runFindings = ({ ordinary, difficult }: Ran): readonly Said[] => {
  if (ordinary.error !== null) return [failed(ordinary)];
  return [...(difficult?.error ? [mayFail(ordinary, difficult)] : []), ...left(ordinary), ...rerun(ordinary)];
};

const failedLine = (file: TracedFile): number | null =>
  file.statements.find(({ error }) => error !== null)?.line ?? file.statements.at(-1)?.line ?? null;

const failed = (file: TracedFile): Said => {
  const { sqlState = null, message = '' } = file.error ?? {};
  const line = failedLine(file);
  const sql = file.statements.find(({ error }) => error !== null)?.sql ?? '';
  const way = (id: string) => waysOf(id, { table: tableIn(sql), column: columnIn(message), sql, node: {} });
  const told = `${sqlState ?? ''} ${lastWords(message)}`.trim();
  if (sqlState === '25001')
    return {
      id: 'concurrently-in-transaction',
      severity: 'error',
      line,
      message: `the file fails (${told}): knex runs it in a transaction`,
      fix: way('concurrently-in-transaction'),
    };
  if (sqlState === '23502' && /\badd\b/i.test(sql))
    return {
      id: 'column-required',
      severity: 'error',
      line,
      message: `the file fails at once on every table that has a row (${told}); and on an empty one each INSERT of the old release would fail, which does not know the column`,
      fix: way('column-required'),
    };
  if (sqlState?.startsWith('23') || sqlState?.startsWith('22'))
    return {
      id: 'fails-on-data',
      severity: 'error',
      line,
      message: `the file fails on ordinary rows: ${told}`,
      fix: way('fails-on-data'),
    };
  return {
    id: 'file-fails',
    severity: 'error',
    line,
    message: `the file fails: ${told}${sqlState === null ? '' : `, in: ${sql.slice(0, 160)}`}`,
    fix: way('file-fails'),
  };
};

const mayFail = (ordinary: TracedFile, difficult: TracedFile): Said => {
  const { sqlState = null, message = '' } = difficult.error ?? {};
  const invalid = difficult.leftovers.invalidIndexes.filter(
    (name) => !ordinary.leftovers.invalidIndexes.includes(name),
  );
  const leaves =
    invalid.length > 0
      ? `, and leaves the index ${invalid.join(', ')} invalid`
      : ordinary.inTransaction
        ? ', and leaves nothing of itself'
        : '';
  return {
    id: 'may-fail-on-data',
    severity: 'warning',
    line: failedLine(difficult),
    message: `where rows have NULLs, duplicates or long values the file fails: ${sqlState ?? ''} ${lastWords(message)}${leaves}`,
    fix: waysOf('may-fail-on-data', { table: '', sql: '', node: {} }),
  };
};

const left = (file: TracedFile): readonly Said[] => [
  ...file.leftovers.invalidIndexes.map((name) => ({
    id: 'invalid-index-left',
    severity: 'error' as const,
    line: lineAbout(file, name),
    message: `the index ${name} stays invalid: each write pays for it, and no query uses it`,
    fix: waysOf('invalid-index-left', { table: '', sql: '', node: {} }),
  })),
  ...file.leftovers.notValid.map((name) => ({
    id: 'not-validated-yet',
    severity: 'notice' as const,
    line: lineAbout(file, name.split('.').at(-1) ?? name),
    message: `${short(name)} holds for new rows alone until it is validated`,
    fix: waysOf('not-validated-yet', {
      table: name.split('.').slice(0, -1).join('.'),
      column: name.split('.').at(-1) ?? '',
      sql: '',
      node: {},
    }),
  })),
];

/** Outside a transaction a file may be begun anew after half of it: each statement has to bear that. */
const rerun = (file: TracedFile): readonly Said[] => {
  if (file.inTransaction || file.isDeclaredBackfill) return [];
  const own = file.statements.filter(({ inTransaction }) => !inTransaction);
  const dropped = own.filter(({ sql }) => /^\s*drop index/i.test(sql)).map(({ sql }) => sql);
  const hidden = own.flatMap(({ sql, line }) => {
    const [kind, fields] = kindOf(statementsOf(sql)?.[0]?.node ?? {});
    const name = String(fields.idxname ?? '');
    if (kind !== 'IndexStmt' || fields.if_not_exists !== true || dropped.some((one) => one.includes(name))) return [];
    return [
      {
        id: 'invalid-index-hidden',
        severity: 'warning' as const,
        line,
        message: `a build that was interrupted leaves ${name} invalid, and IF NOT EXISTS takes it for done`,
        fix: waysOf('invalid-index-hidden', { table: '', column: name, sql, node: {} }),
      },
    ];
  });
  const changing = own.filter(({ sql }) => !/^\s*(select|set|show|do|update|vacuum|analyze|with)\b/i.test(sql));
  const fragile = changing.filter(
    ({ sql }) => !/\bif (not )?exists\b|\bor replace\b/i.test(sql) && !dropped.some((one) => one.includes(nameOf(sql))),
  );
  if (changing.length < 2 || fragile.length === 0) return hidden;
  return [
    ...hidden,
    {
      id: 'not-rerunnable',
      severity: 'notice',
      line: fragile[0]?.line ?? null,
      message: 'killed after this statement, the file cannot be begun anew: it would fail on what is there already',
      fix: waysOf('not-rerunnable', { table: '', sql: '', node: {} }),
    },
  ];
};

const nameOf = (sql: string): string => {
  const [kind, fields] = kindOf(statementsOf(sql)?.[0]?.node ?? {});
  return kind === 'IndexStmt' && isAlone({ [kind]: fields }) ? String(fields.idxname ?? '\u0000') : '\u0000';
};

/** knex puts the statement before PostgreSQL's own words. */
const lastWords = (message: string): string => (message.split('\n')[0] ?? '').split(' - ').at(-1) ?? '';
const tableIn = (sql: string): string =>
  /\btable\s+(?:if exists\s+)?(?:only\s+)?"?([\w.]+)/i.exec(sql)?.[1] ?? 'things';
const columnIn = (message: string): string => /column "([^"]+)"/.exec(message)?.[1] ?? 'column';
