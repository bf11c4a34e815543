import { Failure } from '@plumbline/contract/failure';
import { execa } from 'execa';
import type { Client as PostgresClient } from 'pg';
import { defineCommand, exitCodes, type Surroundings } from '../command.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export const psql = defineCommand({
  meta: {
    name: 'psql',
    description: "Open an environment's database, or run one statement in it; asking is audited",
    example: "plumb psql staging -c 'SELECT count(*) FROM loans'",
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    statement: {
      type: 'string',
      alias: 'c',
      description: 'Run this and end; works without psql installed',
      valueHint: 'SQL',
    },
    url: { type: 'boolean', description: 'Print the address, password included, and end', default: false },
  },
  async run({ args, client, terminal, surroundings, signal }) {
    const { url } = await client.call('database', { environment: args.env }, { signal });
    if (args.url) {
      if (args.json) terminal.json({ url });
      else terminal.print(url);
      return exitCodes.done;
    }
    return args.statement === undefined
      ? openPsql(url, args.env, surroundings)
      : runStatement(url, args.statement, args.json, terminal);
  },
});

/** The address goes by the environment: arguments are for every user of the machine to see. */
const openPsql = async (url: string, environment: string, surroundings: Surroundings): Promise<number> => {
  const { hostname, port, username, password, pathname } = new URL(url);
  const result = await execa('psql', [], {
    stdio: 'inherit',
    reject: false,
    env: {
      ...surroundings.env,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: decodeURIComponent(username),
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: decodeURIComponent(pathname.slice(1)),
    },
    extendEnv: false,
  });
  if (result.code === 'ENOENT') {
    throw new Failure('not-found', 'psql is not installed on this machine', {
      hint: `install it (Debian: apt install postgresql-client, macOS: brew install libpq), or run one statement with plumb psql ${environment} -c SQL`,
    });
  }
  return result.exitCode === 0 ? exitCodes.done : exitCodes.failed;
};

const runStatement = async (url: string, statement: string, json: boolean, terminal: Terminal): Promise<number> => {
  const { Client } = (await import('pg')).default;
  const database: PostgresClient = new Client({ connectionString: url, application_name: 'plumb psql' });
  try {
    await database.connect();
    const { rows, fields, command, rowCount } = await database.query({ text: statement, rowMode: 'array' });
    const names = fields.map(({ name }) => name);
    if (json) terminal.json({ columns: names, rows });
    else if (names.length === 0) terminal.print(`${command} ${rowCount ?? ''}`.trimEnd());
    else
      terminal.print(
        table(
          names,
          rows.map((row: unknown[]) => row.map(cell)),
        ),
      );
    return exitCodes.done;
  } catch (error) {
    throw new Failure('command-failed', error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    await database.end();
  }
};

const cell = (value: unknown): string => {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
