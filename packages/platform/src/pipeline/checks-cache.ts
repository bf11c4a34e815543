import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DescribedCheck } from '../environments/description.ts';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { isThere } from './read-only.ts';
import type { Snapshot } from './source-snapshot.ts';

/** A command that passed with the same files passes again: commands are asked once for each state of the app's folder. */
export const checkKey = ({ tree }: Snapshot, { run, in: folders, install }: DescribedCheck): string =>
  sha256(
    canonicalJson({
      tree,
      run: run ?? null,
      folders: folders ?? null,
      install: install ?? null,
      node: process.version,
    }),
  );

export const passedBefore = (home: string, key: string): Promise<boolean> => isThere(recordFile(home, key));

export const rememberPassed = async (home: string, key: string): Promise<void> => {
  const file = recordFile(home, key);
  const unfinished = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(unfinished, '');
  await rename(unfinished, file);
};

const recordFile = (home: string, key: string): string => path.join(home, 'checks', key);
