import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { type FoundSecret, scanForSecrets } from '../../environments/secret-scan.ts';
import type { Excuses } from './exceptions.ts';
import type { Found } from './found.ts';

/** Longer files are data, not something that a person wrote a secret into. */
const longestBytes = 1024 * 1024;

/** Looks through all files of a clean folder for secrets. Says where they are, never what they are. */
export const secretsIn = async (
  folder: string,
  files: readonly string[],
  excuses: Excuses,
  signal?: AbortSignal,
): Promise<Found> => {
  const written: string[] = [];
  const excused: string[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const text = await textOf(path.join(folder, file));
    if (text === undefined) continue;
    for (const secret of await scanForSecrets(file, text)) {
      const reason = excuses.reasonFor(idOf(secret, file));
      if (reason === undefined)
        written.push(`${file}:${secret.line}:${secret.column} ${secret.what} (${idOf(secret, file)})`);
      else excused.push(reason);
    }
  }
  if (written.length > 0)
    return {
      state: 'failed',
      because: `${written.length === 1 ? 'a secret is' : `${written.length} secrets are`} written out`,
      output: [...written, ...excuses.expired],
    };
  if (excused.length > 0) return { state: 'excused', because: [...new Set(excused)].join('; '), output: excused };
  return { state: 'passed', because: `none in ${files.length} files`, output: [] };
};

/** By file, not by line: an exception outlives an edit above it. */
const idOf = ({ rule }: FoundSecret, file: string): string => `${rule}@${file}`;

/** All files in a folder, from it, with slashes; links are not followed. */
export const filesUnder = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)).split(path.sep).join('/'))
    .sort();
};

/** Undefined for what is no text, or too long. */
const textOf = async (file: string): Promise<string | undefined> => {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > longestBytes) return undefined;
    const content = await handle.readFile();
    return content.includes(0) ? undefined : content.toString('utf8');
  } finally {
    await handle.close();
  }
};
