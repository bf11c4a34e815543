import path from 'node:path';
import { z } from 'zod';

/** Stores that an app may begin with, by the name that they get. */
export const initialStores = { database: 'postgres', cache: 'redis', documents: 'bucket' } as const;
export type InitialStore = keyof typeof initialStores;

/** What has to be known of an app to describe it for the first time. */
export interface Initial {
  readonly app: string;
  /** Empty: none yet. */
  readonly domain: string;
  /** At GitHub, `owner/name`. Empty: none yet. */
  readonly repository: string;
  readonly path: readonly string[];
  readonly start: readonly string[];
  /** Null: the sources are what runs. */
  readonly build: readonly string[] | null;
  readonly health: string;
  readonly stores: readonly InitialStore[];
  /** By environment; an environment without one gets it later. */
  readonly accounts: Readonly<Record<string, string>>;
}

const packageJson = z.looseObject({
  name: z.string().optional(),
  main: z.string().optional(),
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** Libraries by the store that whoever uses them has. */
const libraries: Readonly<Record<InitialStore, readonly string[]>> = {
  database: ['pg', 'postgres', 'knex', '@prisma/client', 'typeorm', 'sequelize', 'drizzle-orm', 'pg-promise'],
  cache: ['redis', 'ioredis', 'iovalkey', '@valkey/valkey-glide'],
  documents: ['@aws-sdk/client-s3', 'aws-sdk', 'minio'],
};

/**
 * What an app looks like by its package.json, its folder's name and its git remote. Throws zod's error for a package.json that
 * is none.
 */
export const guess = (text: string, folder: string, remote: string): Initial => {
  const json = packageJson.parse(JSON.parse(text));
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(json.dependencies, name));
  return {
    app: nameFrom(json.name ?? '') || nameFrom(path.basename(folder)) || 'app',
    domain: '',
    repository: /github\.com[:/]([^/\s]+\/[^/\s]+?)(?:\.git)?\s*$/.exec(remote)?.[1] ?? '',
    path: ['development', 'staging', 'production'],
    start: startOf(json),
    build: json.scripts.build === undefined ? null : ['npm', 'run', 'build'],
    health: '/healthz',
    stores: (['database', 'cache', 'documents'] as const).filter((store) => has(libraries[store])),
    accounts: {},
  };
};

/** `@acme/Web Shop` is web-shop. */
const nameFrom = (written: string): string =>
  (written.split('/').at(-1) ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 20)
    .replace(/-$/, '');

/** A start script that needs no shell runs as it is, so that signals reach the program itself. */
const startOf = ({ scripts, main }: z.output<typeof packageJson>): readonly string[] => {
  if (scripts.start === undefined) return ['node', main ?? 'server.js'];
  const words = scripts.start.trim().split(/\s+/);
  const isPlain = words.every((word) => /^[\w./:@-]+$/.test(word)) && words[0] === 'node';
  return isPlain ? words : ['npm', 'start'];
};
