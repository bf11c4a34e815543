import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { type Digest, digest as digestSchema } from '@plumbline/contract/names';
import { asDiskFull, needSpace } from './disk-space.ts';
import { isThere, makeReadOnly, removeReadOnly } from './read-only.ts';
import { entriesOf, type PackedEntry, packTar } from './tar-pack.ts';
import { digestOfFile, unpackTar } from './tar-unpack.ts';
import { sweepUnfinished, unfinishedName } from './unfinished.ts';

/** An artefact as it is stored: one tar, whose entries all lie in `app/`, so that an image is a base plus this very layer. */
export interface Artefact {
  readonly digest: Digest;
  readonly bytes: number;
}

const layerFolder = 'app';
const notPacked = /(^|\/)(\.git|node_modules\/\.cache|node_modules\/\.package-lock\.json)$/;

export const artefactFile = (home: string, digest: Digest): string =>
  path.join(home, 'artefacts', `${nameOf(digest)}.tar`);
export const unpackedFolder = (home: string, digest: Digest): string => path.join(home, 'unpacked', nameOf(digest));

const nameOf = (digest: Digest): string => digest.replace(':', '-');

/** Packs a built folder and keeps it under its digest. The same content again is kept once. */
export const keepArtefact = async (
  home: string,
  folder: string,
  include: readonly string[],
  signal?: AbortSignal,
): Promise<Artefact> => {
  const order = { folder, include, leaveOut: (one: string) => notPacked.test(one), under: layerFolder };
  const entries = await entriesOf(order);
  const kept = path.join(home, 'artefacts');
  await mkdir(kept, { recursive: true });
  await sweepUnfinished(kept);
  await needSpace(kept, tarBytes(entries), 'packing an artefact');
  const unfinished = path.join(kept, unfinishedName());
  try {
    const { digest: hex, bytes } = await packTar(order, entries, unfinished, signal);
    const digest = digestSchema.parse(`sha256:${hex}`);
    await rename(unfinished, artefactFile(home, digest));
    return { digest, bytes };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw asDiskFull(error, kept, 'packing an artefact');
  }
};

/** Where the artefact lies unpacked, read-only; unpacks it unless it does already. Two may ask at once. */
export const unpackArtefact = async (home: string, digest: Digest, signal?: AbortSignal): Promise<string> => {
  const folder = unpackedFolder(home, digest);
  if (await isThere(folder)) return folder;
  const file = artefactFile(home, digest);
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  await sweepUnfinished(parent);
  const { size } = await stat(file).catch((cause) => {
    throw new Failure('not-found', `the artefact ${digest} is not in ${path.dirname(file)}`, {
      cause,
      hint: 'ship the commit again: the same sources are built into the same artefact',
    });
  });
  await needSpace(parent, 2 * size, 'unpacking an artefact');
  const unfinished = path.join(parent, unfinishedName());
  try {
    await unpackWhole(file, unfinished, digest, signal);
    await moveIntoPlace(unfinished, folder);
    return folder;
  } catch (error) {
    throw asDiskFull(error, parent, 'unpacking an artefact');
  } finally {
    await removeReadOnly(unfinished);
  }
};

const unpackWhole = async (
  file: string,
  into: string,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (`sha256:${await digestOfFile(file, signal)}` !== digest)
    throw new Failure('data-unreadable', `${file} is damaged: its content is not what its name says`, {
      hint: 'remove it and ship the commit again',
    });
  await unpackTar(file, into, { strip: true, signal });
  await makeReadOnly(into);
};

/** Whoever unpacked the same artefact meanwhile has made the same. */
const moveIntoPlace = async (unfinished: string, folder: string): Promise<void> => {
  try {
    await rename(unfinished, folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
};

/** Each entry has a header of 512 bytes, and is filled up to a multiple of them; twice that for long names. */
const tarBytes = (entries: readonly PackedEntry[]): number =>
  entries.reduce((sum, { bytes }) => sum + bytes + 2_048, 0);
