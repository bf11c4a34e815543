import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { staging } from '../testing/orders.ts';
import { readJson, writeJson } from './durable-file.ts';
import { openJournal } from './journal.ts';
import { storageFailure } from './storage-failure.ts';

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'data-unreadable'],
  ['EROFS', 'data-unreadable'],
])('%s is told as %s, with the path and what to do', (code, problem) => {
  const failure = storageFailure(Object.assign(new Error(code), { code }), '/some/file');
  expect(failure).toMatchObject({
    code: problem,
    message: expect.stringContaining('/some/file'),
    hint: expect.any(String),
  });
});

test('another error is left as it is', () => {
  const error = new Error('no file error');
  expect(storageFailure(error, '/some/file')).toBe(error);
});

/** A file system of 256 KB; null where this user may not mount one. */
const smallDisk = (): string | null => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumb-disk-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    // Not root, or in a container that forbids it.
    remove();
    return null;
  }
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    remove();
  });
  return folder;
};

const fill = (disk: string): string => {
  const file = path.join(disk, 'filler');
  expect(() => writeFileSync(file, Buffer.alloc(1_000_000))).toThrow('ENOSPC');
  return file;
};

test('on a full disk what was written before stays whole, and writing goes on when there is room again', async ({
  skip,
}) => {
  const disk = smallDisk();
  if (disk === null) return skip('no file system can be mounted here');
  const file = path.join(disk, 'state.json');
  const journal = await openJournal(path.join(disk, 'journal.ndjson'));
  const entry = {
    environment: staging,
    kind: 'applied',
    generation: 1,
    holder: 'd-1',
    step: 'x',
    detail: 'y'.repeat(5_000),
  } as const;
  await writeJson(file, { kept: true });
  await journal.append(entry);
  const filler = fill(disk);
  const large = { kept: 'z'.repeat(10_000) };
  await expect(writeJson(file, large)).rejects.toMatchObject({ code: 'disk-full' });
  await expect(journal.append(entry)).rejects.toMatchObject({ code: 'disk-full' });
  expect(await readJson(file, z.unknown())).toEqual({ kept: true });
  rmSync(filler);
  await writeJson(file, large);
  expect((await journal.append(entry)).seq).toBe(2);
  await journal.close();
  const lines = readFileSync(path.join(disk, 'journal.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2]);
});
