import { randomBytes } from 'node:crypto';
import { makeSchema, readSchema } from './schema-copy.ts';
import { seedDifficult, seedOrdinary } from './seed.ts';
import { startPostgres } from './throwaway-postgres.ts';

/** What a shadow is made like. */
export type ShadowSource =
  /** The schema of a database and its row counts, not a row of its data. */
  | { readonly kind: 'like'; readonly databaseUrl: string }
  /** Whatever is done to an empty database: earlier migrations where no environment can be looked at. Nothing is known of its sizes. */
  | { readonly kind: 'built'; readonly build: (databaseUrl: string) => Promise<void> };

/** A throw-away PostgreSQL with databases that have the schema of an environment, and rows that were made up. */
export interface Shadow {
  /** A new database with ordinary rows: each value present, and different where it can be. Answers its address. */
  ordinary(): Promise<string>;
  /** A new database without rows. Answers its address. */
  empty(): Promise<string>;
  /** Fills a database of the shadow's with ordinary rows that suit the schema which it has by now. */
  fill(databaseUrl: string): Promise<void>;
  /** A new database with ordinary rows and difficult ones: NULLs, duplicates, long and empty values. Answers its address. */
  difficult(): Promise<string>;
  /** A new database as another of these is now. Nobody may be connected to that one. */
  copy(databaseUrl: string): Promise<string>;
  drop(databaseUrl: string): Promise<void>;
  /** Rows of each table in the environment, by "schema.table"; null where nobody could look. */
  readonly rows: ReadonlyMap<string, number> | null;
  /** What it lacks of the schema, and tables that no row could be made up for: what is found there says less. */
  readonly gaps: readonly string[];
}

/**
 * Makes a shadow, uses it and removes it, whatever happens. Throws `database-unreachable` when the environment's database
 * cannot be read, `command-failed` when PostgreSQL cannot be started here.
 */
export const withShadow = async <T>(source: ShadowSource, use: (shadow: Shadow) => Promise<T>): Promise<T> => {
  const schema = source.kind === 'like' ? await readSchema(source.databaseUrl) : null;
  // It holds no data, but a superuser of it can run programs.
  const postgres = await startPostgres({ password: randomBytes(24).toString('hex'), settings: quick });
  try {
    const bare = await postgres.createDatabase('bare');
    const gaps: string[] = [];
    if (schema) gaps.push(...(await makeSchema(bare, schema.statements)));
    if (source.kind === 'built') await source.build(bare);
    const ordinary = await postgres.createDatabase('ordinary', 'bare');
    const empty = await seedOrdinary(ordinary);
    gaps.push(...empty.map((table) => `${table}: no row could be made up that suits its constraints`));
    const difficult = await postgres.createDatabase('difficult', 'ordinary');
    await seedDifficult(difficult);
    let made = 0;
    const copyOf = (name: string) => postgres.createDatabase(`shadow_${++made}`, name);
    return await use({
      empty: () => copyOf('bare'),
      fill: async (databaseUrl) => {
        await seedOrdinary(databaseUrl);
      },
      ordinary: () => copyOf('ordinary'),
      difficult: () => copyOf('difficult'),
      copy: (databaseUrl) => copyOf(nameOf(databaseUrl)),
      drop: (databaseUrl) => postgres.dropDatabase(nameOf(databaseUrl)),
      rows: schema?.rows ?? null,
      gaps,
    });
  } finally {
    await postgres.stop();
  }
};

/** It is gone after the check, whatever happens to the machine. */
const quick = [
  'jit=off',
  'autovacuum=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'wal_level=minimal',
  'max_wal_senders=0',
];

const nameOf = (databaseUrl: string): string => new URL(databaseUrl).pathname.slice(1);
