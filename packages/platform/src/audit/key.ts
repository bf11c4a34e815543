import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { sha256 } from '../kernel/canonical-json.ts';

/** Where the audit's key and checkpoints lie: in Plumbline's home, outside the database that they watch. */
export const auditFolder = (home: string): string => path.join(home, 'audit');
export const keyPath = (home: string): string => path.join(auditFolder(home), 'key.pem');
export const checkpointsPath = (home: string): string => path.join(auditFolder(home), 'checkpoints.jsonl');

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Tells keys apart: the first 16 digits of the public key's SHA-256. */
  readonly id: string;
}

/** The Ed25519 key of this home, or undefined where there is none. */
export const readKey = async (home: string): Promise<SigningKey | undefined> => {
  try {
    return keyFrom(await readFile(keyPath(home), 'utf8'), home);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** The key of this home; made at the first call, readable by its owner alone. */
export const keyOf = async (home: string): Promise<SigningKey> => {
  const present = await readKey(home);
  if (present !== undefined) return present;
  await mkdir(auditFolder(home), { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  // Under its name there is never half a key, and never a second one in place of a first.
  const unfinished = `${keyPath(home)}.${randomUUID()}`;
  await writeFile(unfinished, pem, { mode: 0o600, flush: true });
  await link(unfinished, keyPath(home)).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await rm(unfinished);
  return keyOf(home);
};

/** What the file system refuses, in words: which folder, and what to do. */
export const inAuditFolder = async <T>(home: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    const code = error.code === 'ENOSPC' ? 'disk-full' : 'data-unreadable';
    throw new Failure(code, `The audit's folder ${auditFolder(home)} cannot be used: ${error.message}`, {
      cause: error,
      hint: 'It must be a folder of the user who runs Plumbline, on a disk with room.',
    });
  }
};

const keyFrom = (pem: string, home: string): SigningKey => {
  try {
    const privateKey = createPrivateKey(pem);
    const publicKey = createPublicKey(privateKey);
    const id = sha256(publicKey.export({ type: 'spki', format: 'der' })).slice(0, 16);
    return { privateKey, publicKey, id };
  } catch (cause) {
    throw new Failure('data-unreadable', `${keyPath(home)} is no private key.`, {
      cause,
      hint: 'Put the original back from a backup: without it no checkpoint can be checked.',
    });
  }
};
