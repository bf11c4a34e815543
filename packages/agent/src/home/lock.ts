import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { ownIdentity, type ProcessIdentity, processIdentity, stillRuns } from '../processes/identity.ts';
import { errorCode, storageFailure } from './storage-failure.ts';

export type Lock =
  | { readonly taken: true; release(): void }
  | { readonly taken: false; readonly holder: ProcessIdentity };

/**
 * Takes a lock file for this process, or says who has it. Two who find the same dead holder both try to link
 * `<file>.after-<holder>`, a name that is there for one of them only; the winner's link then becomes the lock.
 */
export const takeLock = (file: string): Lock => {
  const own = ownIdentity();
  const claim = `${file}.${own.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(claim, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
    return climb(file, claim, own);
  } catch (error) {
    throw storageFailure(error, file);
  } finally {
    rmSync(claim, { force: true });
  }
};

interface Dead {
  readonly link: string;
  readonly holder: ProcessIdentity;
}

const climb = (file: string, claim: string, own: ProcessIdentity): Lock => {
  let dead: Dead[] = [];
  let link = file;
  for (;;) {
    if (linkUnlessThere(claim, link)) {
      const first = dead[0];
      if (first === undefined) return held(file, own);
      // One who came late may have linked behind a holder who was replaced meanwhile: the lock's first name tells.
      if (isOf(file, first.holder)) return replaceDead(file, link, dead, own);
      rmSync(link, { force: true });
      [dead, link] = [[], file];
      continue;
    }
    const holder = readHolder(link);
    if (holder === null) continue;
    if (stillRuns(holder)) return { taken: false, holder };
    dead.push({ link, holder });
    link = `${file}.after-${holder.pid}-${holder.started.replaceAll(/[^\w]/g, '_')}`;
  }
};

const replaceDead = (file: string, link: string, dead: readonly Dead[], own: ProcessIdentity): Lock => {
  renameSync(link, file);
  for (const one of dead) if (one.link !== file) rmSync(one.link, { force: true });
  return held(file, own);
};

const held = (file: string, own: ProcessIdentity): Lock => ({
  taken: true,
  release: () => {
    if (isOf(file, own)) rmSync(file, { force: true });
  },
});

const isOf = (file: string, one: ProcessIdentity): boolean => {
  const holder = readHolder(file);
  return holder?.pid === one.pid && holder.started === one.started;
};

const linkUnlessThere = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

const readHolder = (file: string): ProcessIdentity | null => {
  try {
    return processIdentity.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};
