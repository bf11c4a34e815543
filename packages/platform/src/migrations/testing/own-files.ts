import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { sha256 } from '../../kernel/canonical-json.ts';
import { startPostgres } from '../../testing/postgres.ts';
import { carryOut } from '../carry-out.ts';
import { declaredPhase } from '../declared-phase.ts';
import type { RunnerOrder } from '../runner-words.ts';

/** Files by name, as somebody wrote them. */
export type Written = Readonly<Record<string, string>>;

/** One database of a test file, and migrations that are carried out in the test's own process. */
export interface OwnFiles {
  /** An empty database from now on. */
  anew(): Promise<void>;
  asking<R extends pg.QueryResultRow>(sql: string): Promise<readonly R[]>;
  /** Carries out the files; answers what the runner said, line by line. Rejects as it does. */
  run(written: Written, more?: Partial<RunnerOrder>): Promise<readonly string[]>;
  url(): string;
  close(): Promise<void>;
}

export const openOwnFiles = async (): Promise<OwnFiles> => {
  const postgres = await startPostgres();
  const folders: string[] = [];
  let url = '';
  let client: pg.Client | undefined;
  const asking: OwnFiles['asking'] = async (sql) => {
    if (client === undefined) throw new Error('anew() comes first');
    return (await client.query(sql)).rows;
  };
  return {
    asking,
    url: () => url,
    anew: async () => {
      await client?.end();
      url = await postgres.createDatabase();
      client = new pg.Client({ connectionString: url });
      await client.connect();
    },
    run: async (written, more = {}) => {
      // A folder of its own, since what was imported once is not read again.
      const folder = await mkdtemp(path.join(tmpdir(), 'plumb-own-files-'));
      folders.push(folder);
      for (const [name, text] of Object.entries(written)) await writeFile(path.join(folder, name), text);
      const said: string[] = [];
      await carryOut({ ...orderOf(url, folder, written), ...more }, (event) => {
        if (event.kind === 'note') said.push(event.text);
        if (event.kind === 'waiting') said.push(event.because);
      });
      return said;
    },
    close: async () => {
      await client?.end();
      await postgres.stop();
      for (const folder of folders) await rm(folder, { recursive: true });
    },
  };
};

const orderOf = (databaseUrl: string, folder: string, written: Written): RunnerOrder => ({
  databaseUrl,
  folder,
  files: Object.entries(written).map(([name, text]) => ({
    name,
    digest: sha256(text),
    phase: declaredPhase(name, text),
  })),
  direction: 'up',
  names: Object.keys(written),
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 1_000,
  mark: '',
});

/** A file that runs these statements, in a transaction or each alone. */
export const statements = (kind: 'in-transaction' | 'alone', ...all: string[]): string =>
  `${kind === 'alone' ? 'exports.config = { transaction: false };\n' : ''}exports.up = async (knex) => {\n${all
    .map((sql) => `  await knex.raw(${JSON.stringify(sql)});\n`)
    .join('')}};\n`;
