import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '@plumbline/contract/failure';
import type { KnexMigrations } from '@plumbline/contract/release';
import { exec } from '../kernel/exec.ts';
import { programBasics } from './program-variables.ts';
import { type RunnerEvent, type RunnerOrder, runnerEvent } from './runner-words.ts';

export interface MigrateOrder {
  /** The unpacked artefact of the service that has the migrations. */
  readonly folder: string;
  readonly migrations: KnexMigrations;
  readonly databaseUrl: string;
  /** Which files, in order; those that are applied by then are left out. */
  readonly names: readonly string[];
  /** down: undoes them instead. Default up. */
  readonly direction?: 'up' | 'down';
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For one statement. Default 5 min. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a table that is in use, while whoever comes later waits behind it. Default 1 s. */
  readonly lockTimeoutMs?: number;
  /** For all files. Default 10 min. */
  readonly timeoutMs?: number;
}

/** Applies files, in a process of its own; answers the names that were applied. May be called again after a kill. */
export const migrate = async (order: MigrateOrder): Promise<readonly string[]> => {
  const { migrations, folder, names, timeoutMs = 10 * 60_000, signal } = order;
  if (names.length === 0) return [];
  const runner: RunnerOrder = {
    databaseUrl: order.databaseUrl,
    folder: path.join(folder, migrations.directory),
    files: [...migrations.files],
    direction: order.direction ?? 'up',
    names: [...names],
    statementTimeoutMs: order.statementTimeoutMs ?? 5 * 60_000,
    lockTimeoutMs: order.lockTimeoutMs ?? 1_000,
    mark: `${randomBytes(8).toString('hex')} `,
  };
  const events: RunnerEvent[] = [];
  const ended = await exec(process.execPath, [runnerFile], {
    cwd: folder,
    env: programBasics(),
    stdin: JSON.stringify(runner),
    timeoutMs,
    ...(signal ? { signal } : {}),
    onLine: (line) => {
      const event = line.startsWith(runner.mark)
        ? runnerEvent.parse(JSON.parse(line.slice(runner.mark.length)))
        : undefined;
      if (event) events.push(event);
      order.onProgress?.(event ? wordsOf(event) : line);
    },
  });
  if (ended.stopped === 'aborted') throw new Failure('interrupted', `migrating was interrupted${during(events)}`);
  if (ended.stopped === 'timed out')
    throw new Failure('migration-failed', `migrating took longer than ${timeoutMs / 1000} s${during(events)}`);
  if (ended.code !== 0)
    throw failureOf(
      events,
      ended.tail.filter((line) => !line.startsWith(runner.mark)),
    );
  return events.flatMap((event) => (event.kind === 'applied' ? [event.file] : []));
};

/** Compiled, even when this file is not: tests run sources, which Node 20 cannot. */
const runnerFile = fileURLToPath(new URL('./run.js', import.meta.url)).replace(
  /([/\\])src([/\\]migrations[/\\]run\.js)$/,
  '$1dist$2',
);

const wordsOf = (event: RunnerEvent): string => {
  switch (event.kind) {
    case 'waiting':
      return event.because;
    case 'note':
      return event.text;
    case 'begins':
      return `applying ${event.file}`;
    case 'applied':
      return `applied ${event.file} in ${(event.ms / 1000).toFixed(1)} s`;
    case 'failed':
      return failedWords(event);
    default:
      return event satisfies never;
  }
};

const failedWords = ({ file, because, sqlState, statement }: Extract<RunnerEvent, { kind: 'failed' }>): string => {
  const code = sqlState === null ? '' : ` (SQLSTATE ${sqlState})`;
  const words = statement === null ? because : withoutStatement(because, statement);
  return `${file ?? 'migrating'}: ${words}${code}${statement === null ? '' : `\nin: ${statement}`}`;
};

/** knex puts the statement, with its values, before PostgreSQL's own words. */
const withoutStatement = (because: string, statement: string): string => {
  const from = because.startsWith(statement) ? statement.length : because.lastIndexOf(' - ');
  return because.slice(from).replace(/^ - /, '');
};

const during = (events: readonly RunnerEvent[]): string => {
  const last = events.findLast((event) => event.kind === 'begins' || event.kind === 'applied');
  return last?.kind === 'begins' ? ` during ${last.file}` : '';
};

const failureOf = (events: readonly RunnerEvent[], printed: readonly string[]): Failure => {
  const failed = events.find((event) => event.kind === 'failed');
  if (!failed)
    return new Failure(
      'migration-failed',
      `the migration runner ended without a word${during(events)}:\n${printed.slice(-20).join('\n')}`,
    );
  return new Failure('migration-failed', failedWords(failed), {
    hint:
      failed.sqlState === '55P03'
        ? 'somebody holds a table for long; who that is stands above. It is tried again by plumb migrate latest'
        : 'mend the file in a new commit: what was applied before it stays, and is not applied again',
  });
};
