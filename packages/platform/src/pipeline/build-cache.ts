import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digest } from '@plumbline/contract/names';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { type Artefact, artefactFile } from './artefact.ts';
import { isThere } from './read-only.ts';

/** All that what is built depends on. Raise `format` when the same input is packed otherwise. */
export interface BuildInput {
  readonly files: readonly string[];
  readonly install: readonly string[] | null;
  readonly build: readonly string[] | null;
  readonly prune: readonly string[] | null;
  readonly include: readonly string[] | null;
  readonly stamp: string | null;
}

const format = 1;

export const buildKey = (input: BuildInput): string =>
  sha256(canonicalJson({ format, ...input, node: process.version, platform: process.platform, arch: process.arch }));

const record = z.object({ digest, bytes: z.int() });

/** What was built of the same input before, if it is still there. */
export const builtBefore = async (home: string, key: string): Promise<Artefact | undefined> => {
  const known = await readRecord(recordFile(home, key));
  return known && (await isThere(artefactFile(home, known.digest))) ? known : undefined;
};

const readRecord = async (file: string): Promise<Artefact | undefined> => {
  try {
    return record.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // One that was never written, or that another version wrote, is as good as none: the build is only run again.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

export const rememberBuilt = async (home: string, key: string, { digest, bytes }: Artefact): Promise<void> => {
  const file = recordFile(home, key);
  const unfinished = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(unfinished, JSON.stringify({ digest, bytes }));
  await rename(unfinished, file);
};

const recordFile = (home: string, key: string): string => path.join(home, 'builds', `${key}.json`);
