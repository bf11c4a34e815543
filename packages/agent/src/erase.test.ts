import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eraseHome } from './erase.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
let folder: string;

afterEach(async () => {
  if (isRoot) process.seteuid?.(0);
  await rm(folder, { recursive: true, force: true });
});

test('an ordinary user erases a home although unpacked artefacts in it are read-only', async () => {
  // Root may remove everything, so that a test as root would see nothing.
  if (isRoot) process.seteuid?.(nobody);
  folder = await mkdtemp(path.join(tmpdir(), 'plumb-erase-'));
  const home = path.join(folder, 'home');
  const artefact = path.join(home, 'unpacked', 'sha256-1', 'dist');
  await mkdir(artefact, { recursive: true });
  await writeFile(path.join(artefact, 'main.js'), '');
  // Others are still being removed when the first is refused.
  for (let n = 0; n < 200; n++) await mkdir(path.join(home, `bucket-${n}`, 'documents', 'deep'), { recursive: true });
  await chmod(artefact, 0o555);
  await chmod(path.dirname(artefact), 0o555);
  await eraseHome(home);
  expect(existsSync(home)).toBe(false);
});
