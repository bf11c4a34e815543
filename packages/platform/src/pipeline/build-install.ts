import { mkdir, readdir, readFile, rename, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { type Ended, exec } from '../kernel/exec.ts';
import { askCommand, type Command } from './build-command.ts';
import { isThere, removeReadOnly } from './read-only.ts';
import { sweepUnfinished, unfinishedName } from './unfinished.ts';

/** How many sets of dependencies are kept; each may be hundreds of megabytes. */
const keptInstalls = 6;

/**
 * Fetches a folder's dependencies. What `npm ci` made of the same lock file before is copied, in a tenth of the time: checks,
 * builds and the next commit mostly want the same.
 */
export const installDependencies = async (home: string, command: Command): Promise<Ended> => {
  const key = await installKey(command);
  if (key === null) return askCommand(command);
  const kept = path.join(home, 'installs', key);
  const modules = path.join(command.folder, 'node_modules');
  const started = performance.now();
  if ((await isThere(kept)) && (await copied(kept, modules, command)))
    return { code: 0, signal: null, stopped: null, ms: Math.round(performance.now() - started), tail: [] };
  const ended = await askCommand(command);
  if (ended.code === 0 && (await isThere(modules))) await keep(modules, kept, command);
  return ended;
};

const format = 1;

const manifest = z.looseObject({ scripts: z.record(z.string(), z.string()).optional() });
const lock = z.looseObject({
  packages: z
    .record(z.string(), z.looseObject({ link: z.boolean().optional(), resolved: z.string().optional() }))
    .optional(),
});

/** Scripts of the app's own that `npm ci` runs: they may read or write anything in the folder. */
const ownScripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/** Null when what is installed depends on more than the lock file. */
const installKey = async ({ run, folder }: Command): Promise<string | null> => {
  if (run.join(' ') !== 'npm ci') return null;
  const [packageText = '', lockText = '', settings = ''] = await Promise.all(
    ['package.json', 'package-lock.json', '.npmrc'].map((name) => textOf(path.join(folder, name))),
  );
  const described = manifest.safeParse(parsed(packageText));
  const locked = lock.safeParse(parsed(lockText));
  if (!described.success || !locked.success || !locked.data.packages) return null;
  const hasScripts = ownScripts.some((name) => described.data.scripts?.[name] !== undefined);
  const isLocal = Object.values(locked.data.packages).some(
    ({ link, resolved }) => link || resolved?.startsWith('file:'),
  );
  if (hasScripts || isLocal) return null;
  const { version, platform, arch } = process;
  return sha256(canonicalJson({ format, version, platform, arch, package: packageText, lock: lockText, settings }));
};

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** What is no JSON is npm's to complain of. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** False when it could not be copied whole, as when another process just dropped it; then there is nothing of it. */
const copied = async (from: string, to: string, { variables, signal }: Command): Promise<boolean> => {
  const ended = await exec('cp', ['-a', from, to], {
    cwd: path.dirname(to),
    env: variables,
    ...(signal ? { signal } : {}),
  });
  if (ended.code !== 0) await removeReadOnly(to);
  return ended.code === 0;
};

const keep = async (modules: string, kept: string, command: Command): Promise<void> => {
  const folder = path.dirname(kept);
  await mkdir(folder, { recursive: true });
  await sweepUnfinished(folder);
  const unfinished = path.join(folder, unfinishedName());
  if (!(await copied(modules, unfinished, command)) || (await isThere(kept))) return removeReadOnly(unfinished);
  const now = new Date();
  await utimes(unfinished, now, now);
  await rename(unfinished, kept);
  await dropOldest(folder);
};

const dropOldest = async (folder: string): Promise<void> => {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(path.join(folder, name))).mtimeMs })),
  );
  for (const { name } of dated.sort((a, b) => b.at - a.at).slice(keptInstalls)) {
    const dropped = path.join(folder, unfinishedName());
    // Out of the way first, so that nobody copies the half of it that is still there.
    await rename(path.join(folder, name), dropped);
    await removeReadOnly(dropped);
  }
};
