import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { Role } from '@plumbline/contract/identity';
import type { Database } from '../kernel/database.ts';
import { createToken, isKnownToken } from './tokens.ts';

/** The person's own token: of the role admin. */
export const tokenPath = (home: string): string => path.join(home, 'token');
/** The token of whoever ships by itself: of the role deployer, so that what it asks for is another's to approve. */
export const pipelineTokenPath = (home: string): string => path.join(home, 'pipeline-token');

/** Sees to it that both files hold a token of this database: made at the first start, and again when they were lost. */
export const makeFirstTokens = async (database: Database, home: string, person: string): Promise<void> => {
  await makeTokenFile(database, tokenPath(home), { name: person, role: 'admin' });
  await makeTokenFile(database, pipelineTokenPath(home), { name: 'pipeline', role: 'deployer' });
};

const makeTokenFile = async (
  database: Database,
  file: string,
  order: { readonly name: string; readonly role: Role },
): Promise<void> => {
  const present = await readToken(file);
  // One that was revoked stays revoked: a restart is no way round it.
  if (present !== undefined && (await isKnownToken(database, present))) return;
  const { token } = await createToken(database, order, 'plumbline');
  await writeToken(file, token);
};

const readToken = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unusable(file, error);
  }
};

/** Under its name there is a whole token or none, and never one that others may read. */
const writeToken = async (file: string, token: string): Promise<void> => {
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(unfinished, `${token}\n`, { mode: 0o600, flush: true });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw unusable(file, error);
  }
};

const unusable = (file: string, cause: unknown): Failure =>
  new Failure(
    'data-unreadable',
    `The token's file ${file} cannot be used: ${cause instanceof Error ? cause.message : cause}`,
    {
      cause,
      hint: 'It must lie in a folder of the user who runs Plumbline, on a disk with room.',
    },
  );
