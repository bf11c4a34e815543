import { type About, findingsOfChange } from './change-findings.ts';
import type { ProbeFailure } from './probes.ts';
import { waysOf } from './safe-ways.ts';
import { firstLine, lineAbout, type Said, short } from './said.ts';
import type { SchemaChange } from './schema-changes.ts';
import type { TracedFile } from './trace-words.ts';

export interface Compatibility {
  readonly file: TracedFile;
  readonly changes: readonly SchemaChange[];
  /** Statements of old code that failed for the first time after this file. */
  readonly failures: readonly ProbeFailure[];
  /** What the old release was seen to send, as text: empty where nobody captured it. */
  readonly sent: readonly string[];
}

/** What of the old release breaks by a file, or may. Pure. */
export const compatibilityFindings = (facts: Compatibility): readonly Said[] => {
  const told = facts.changes.flatMap((change) => findingsOfChange(change, facts));
  const isTold = (failure: ProbeFailure) =>
    told.some(({ severity, about }) => severity === 'error' && explains(about, failure, facts.changes));
  const unexplained = facts.failures.filter((failure) => !isTold(failure));
  const findings = [...told.map(({ about: _, ...said }) => said), ...ofFailures(unexplained, facts)];
  // A contract takes away what no release needs any more: its delivery waits until that is so.
  return facts.file.phase === 'contract' ? findings.map(held) : findings;
};

const held = (said: Said): Said => ({
  ...said,
  severity: said.severity === 'error' ? 'warning' : 'notice',
  message: `${said.message} (a contract: it waits until no release that may need it is live, warm, or to come back)`,
});

const explains = (
  { relation, names }: About,
  { probe, error }: ProbeFailure,
  changes: readonly SchemaChange[],
): boolean => {
  const text = `${error.message} ${probe.sql}`;
  if (names.some((name) => name !== '' && error.message.includes(name))) return true;
  // What a table loses takes its views along.
  return (
    relation !== null &&
    (probe.relation === relation || text.includes(short(relation))) &&
    changes.length > 0 &&
    error.sqlState?.startsWith('42') === true
  );
};

/** Failures that no change of the catalogue explains, one for each table and code. */
const ofFailures = (failures: readonly ProbeFailure[], { file, changes }: Compatibility): readonly Said[] => {
  const byCause = new Map<string, ProbeFailure>();
  for (const failure of failures) {
    const { probe, error } = failure;
    const cause = `${probe.relation} ${error.sqlState} ${error.constraint}`;
    if (!byCause.has(cause)) byCause.set(cause, failure);
  }
  return [...byCause.values()]
    .filter(({ probe, error }) => probe.use === 'sent' || !isOfConstraint(probe, error, changes))
    .map((failure) => ofFailure(failure, file));
};

const ofFailure = ({ probe, error }: ProbeFailure, file: TracedFile): Said => {
  const where = probe.relation === '' ? '' : ` on ${short(probe.relation)}`;
  const sql = probe.use === 'sent' ? `, in: ${probe.sql.slice(0, 160)}` : '';
  return {
    id: 'old-statement-fails',
    severity: isGuess(probe, error) ? 'warning' : 'error',
    line: lineAbout(file, ...(error.constraint ? [error.constraint] : []), probe.relation),
    message: `${words[probe.use]}${where} fails: ${error.sqlState ?? ''} ${firstLine(error.message)}${sql}`,
    fix: waysOf('old-statement-fails', { table: short(probe.relation), sql: '', node: {} }),
  };
};

/** Old code may leave out what may be NULL; whether it does is not known here. */
const isGuess = ({ use }: ProbeFailure['probe'], { sqlState }: ProbeFailure['error']): boolean =>
  use === 'leaves-out' && (sqlState === '23502' || sqlState === '23514');

/** Made-up values say nothing of a new constraint on columns that there were: that is told as what nobody knows. */
const isOfConstraint = (
  probe: ProbeFailure['probe'],
  error: ProbeFailure['error'],
  changes: readonly SchemaChange[],
): boolean =>
  changes.some((change) => {
    const { relation } = probe;
    if (!('relation' in change) || change.relation !== relation) return false;
    if (isGuess(probe, error) && (change.kind === 'required' || change.kind === 'constraint-added')) return true;
    if (change.kind !== 'constraint-added' && change.kind !== 'unique-index-added') return false;
    const isNew = change.columns.some((column) =>
      changes.some((one) => one.kind === 'column-added' && one.relation === relation && one.column === column),
    );
    return !isNew && short(change.name).split('.').at(-1) === error.constraint;
  });

const words = {
  reads: 'a SELECT of the columns that there were',
  inserts: 'an INSERT of every column that there was',
  updates: 'an UPDATE of the columns that there were',
  deletes: 'a DELETE',
  'leaves-out': 'an INSERT that leaves out what could be left out',
  sent: 'a statement that the old release sends',
} as const;
