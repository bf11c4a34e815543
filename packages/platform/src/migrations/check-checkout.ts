import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '@plumbline/contract/failure';
import type { MigrationCheck } from '@plumbline/contract/migration-check';
import type { Description } from '../environments/description.ts';
import { exec } from '../kernel/exec.ts';
import { checkMigrations } from './check.ts';
import { programBasics } from './program-variables.ts';
import { schemaState } from './schema-state.ts';
import type { ShadowSource } from './shadow.ts';
import { withTracer } from './trace.ts';

export interface CheckoutToCheck {
  /** The app's folder, absolute. */
  readonly directory: string;
  readonly description: Pick<Description, 'migrations' | 'services'>;
  /** Where the files lie, absolute; null is where the description says that they are compiled to. */
  readonly from: string | null;
  /** The database of an environment; null where none is to be looked at. */
  readonly databaseUrl: string | null;
  /** Files from this one on are pending; null is to compare with `base`. */
  readonly since: string | null;
  /** A commit that has the files which are not pending; null is where the present branch left main. */
  readonly base: string | null;
  readonly signal: AbortSignal;
}

/**
 * Checks the migrations of a checkout: against an environment, or, for a pull request, against a schema built from the
 * earlier files. Throws `bad-input` where there is nothing to go by, with what to give.
 */
export const checkCheckout = async (order: CheckoutToCheck): Promise<MigrationCheck & { readonly folder: string }> => {
  const { migrations, services } = order.description;
  if (migrations?.kind !== 'knex' && order.from === null)
    throw new Failure('bad-input', 'plumbline.yaml describes no knex migrations', {
      hint: 'name their folder: --from DIR',
    });
  const service = migrations && services[migrations.service];
  const home = path.join(order.directory, service?.directory ?? '.');
  const folder = order.from ?? path.join(home, migrations?.kind === 'knex' ? migrations.directory : '.');
  const names = await namesIn(folder, home);
  const nodeArgs = loaderFor(names, home);
  const { earlier, pending } = await dividedFiles(order, names, home);
  const source: ShadowSource =
    order.databaseUrl === null
      ? { kind: 'built', build: (databaseUrl) => applyAll(folder, earlier, databaseUrl, nodeArgs, order.signal) }
      : { kind: 'like', databaseUrl: order.databaseUrl };
  return { ...(await checkMigrations({ source, folder, files: pending, nodeArgs, signal: order.signal })), folder };
};

const isMigration = (name: string): boolean => /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$/.test(name);

const namesIn = async (folder: string, home: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).filter(isMigration).sort();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new Failure('not-found', `there is no folder ${folder}`, {
      cause: error,
      hint: `build it first (npm run build in ${home}), or name the folder of the sources: --from DIR`,
    });
  }
};

/** TypeScript is loaded by the app's own tsx, where node does not do so by itself. */
const loaderFor = (names: readonly string[], home: string): readonly string[] => {
  if (!names.some((name) => /ts$/.test(name)) || Reflect.get(process.features, 'typescript')) return [];
  try {
    return ['--import', pathToFileURL(createRequire(path.join(home, 'package.json')).resolve('tsx')).href];
  } catch (error) {
    throw new Failure('bad-input', `node ${process.versions.node} loads no TypeScript, and ${home} has no tsx`, {
      cause: error,
      hint: 'npm install --save-dev tsx there, or check the compiled files',
    });
  }
};

interface Divided {
  readonly earlier: readonly string[];
  readonly pending: readonly string[];
}

const dividedFiles = async (order: CheckoutToCheck, names: readonly string[], home: string): Promise<Divided> => {
  const { since, databaseUrl } = order;
  if (since !== null) {
    const first = names.findIndex((name) => stem(name) === stem(since));
    if (first === -1)
      throw new Failure('bad-input', `there is no migration ${since}`, { hint: `there are ${names.join(', ')}` });
    return { earlier: names.slice(0, first), pending: names.slice(first) };
  }
  const known =
    databaseUrl === null
      ? await namesAt(order, home)
      : (await schemaState(databaseUrl)).applied.map(({ name }) => name);
  const stems = new Set(known.map(stem));
  const isKnown = (name: string) => stems.has(stem(name));
  return { earlier: names.filter(isKnown), pending: names.filter((name) => !isKnown(name)) };
};

const stem = (name: string): string => path.basename(name).replace(/\.[cm]?[jt]s$/, '');

/** The files that a commit has below the service's folder, compiled or not. */
const namesAt = async ({ directory, base, signal }: CheckoutToCheck, home: string): Promise<readonly string[]> => {
  const git = async (...args: readonly string[]): Promise<readonly string[] | null> => {
    const lines: string[] = [];
    const { code } = await exec('git', args, {
      cwd: directory,
      env: programBasics(),
      signal,
      onLine: (line, stream) => {
        if (stream === 'stdout') lines.push(line);
      },
    });
    return code === 0 ? lines : null;
  };
  const tried = base === null ? ['origin/main', 'main', 'origin/master', 'master'] : [base];
  for (const one of tried) {
    const left = (await git('merge-base', one, 'HEAD'))?.[0];
    if (left === undefined) continue;
    return (await git('ls-tree', '-r', '--name-only', left, '--', path.relative(directory, home) || '.')) ?? [];
  }
  throw new Failure('bad-input', `git knows no ${tried.join(', ')} here, so nobody knows which files are new`, {
    hint: 'name the first that is: --since FILE, or a commit that has the others: --base REF',
  });
};

const applyAll = (
  folder: string,
  files: readonly string[],
  databaseUrl: string,
  nodeArgs: readonly string[],
  signal: AbortSignal,
): Promise<void> =>
  withTracer({ nodeArgs, signal }, async (tracer) => {
    for (const file of files) {
      const { error } = await tracer.trace({ databaseUrl, folder, file, existing: null });
      if (error !== null)
        throw new Failure(
          'migration-failed',
          `${file}, which is not new, fails on an empty database: ${error.message}`,
        );
    }
  });
