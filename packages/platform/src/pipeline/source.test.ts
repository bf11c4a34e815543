import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type GitApp, gitApp } from '../testing/git-app.ts';
import { ancestor, commitsBetween, readCheckout } from './source.ts';
import { filesOfSnapshot, listDirectory, materialise, takeSnapshot } from './source-snapshot.ts';

const apps: GitApp[] = [];
const app = async (...args: Parameters<typeof gitApp>) => {
  const made = await gitApp(...args);
  apps.push(made);
  return made;
};
afterEach(async () => {
  for (const made of apps.splice(0)) await made.remove();
});

const snapshotOf = async (made: GitApp, { dirty = false, key = 'c-1' } = {}) => {
  const { commit } = await readCheckout(made.folder);
  return takeSnapshot({ folder: made.folder, home: made.home, commit, dirty, key });
};

test('a checkout tells its commit, branch and subject, and whether there is work in it', async () => {
  const made = await app({ 'a.txt': 'one', '.gitignore': 'ignored\n' });
  const commit = await made.commit('Say something');
  await made.write({ ignored: 'x', '.plumbline/x': 'ours' });
  expect(await readCheckout(made.folder)).toEqual({
    commit,
    branch: 'main',
    subject: 'Say something',
    dirty: false,
    changes: [],
  });
  await made.write({ 'a.txt': 'two', 'new.txt': 'n' });
  expect(await readCheckout(made.folder)).toMatchObject({ dirty: true, changes: [' M a.txt', '?? new.txt'] });
});

test("work outside the app is not the app's, and a detached head has no branch", async () => {
  const made = await app({ 'a.txt': 'one' }, { inside: 'apps/web' });
  await made.git('checkout', '--quiet', '--detach');
  await writeFile(path.join(made.folder, '..', 'other.txt'), 'x');
  expect(await readCheckout(made.folder)).toMatchObject({ branch: null, dirty: false });
});

test('a folder that is no checkout says what to do', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumb-none-'));
  try {
    await expect(readCheckout(folder)).rejects.toMatchObject({
      code: 'bad-input',
      message: `${folder} is no git checkout: releases are made of commits`,
      hint: `cd ${folder} && git init && git add -A && git commit -m "First"`,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a checkout without a commit, or without a commit of the app, says what to do', async () => {
  const made = await app({ 'a.txt': 'one' });
  const inside = path.join(made.folder, 'uncommitted');
  await mkdir(inside);
  await expect(readCheckout(inside)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/nothing of .*uncommitted.* is committed yet/),
  });
  await rm(path.join(made.folder, '.git'), { recursive: true });
  await made.git('init', '--quiet');
  await expect(readCheckout(made.folder)).rejects.toMatchObject({
    code: 'bad-input',
    hint: expect.stringMatching(/git commit/),
  });
});

test('a commit is an ancestor or is not, or is not known here', async () => {
  const made = await app({ 'a.txt': 'one' });
  const first = await made.git('rev-parse', 'HEAD');
  const second = await made.commit('Second');
  expect(await ancestor(made.folder, first, second)).toBe('yes');
  expect(await ancestor(made.folder, second, first)).toBe('no');
  expect(await ancestor(made.folder, '0'.repeat(40), second)).toBe('unknown');
});

test('commits between two, the newest first', async () => {
  const made = await app({ 'a.txt': 'one' });
  const first = await made.git('rev-parse', 'HEAD');
  await made.write({ 'a.txt': 'two' });
  const second = await made.commit('Second: with words');
  expect(await commitsBetween(made.folder, first, second)).toEqual([{ commit: second, subject: 'Second: with words' }]);
});

test('a clean folder has the commit, not the work', async () => {
  const made = await app({ 'web/a.txt': 'committed', 'web/run': '#!/bin/sh\n', 'other/b.txt': 'b' });
  await made.write({ 'web/a.txt': 'changed', 'web/new.txt': 'n' });
  const snapshot = await snapshotOf(made);
  const into = path.join(made.home, 'clean');
  await materialise(snapshot, 'web', into);
  expect((await readdir(into)).sort()).toEqual(['a.txt', 'run']);
  expect(await readFile(path.join(into, 'a.txt'), 'utf8')).toBe('committed');
});

test('a clean folder of work has what is tracked or new, and nothing that is ignored or removed', async () => {
  const made = await app({ 'a.txt': 'one', 'gone.txt': 'g', '.gitignore': 'ignored\n' });
  await made.write({ 'a.txt': 'two', 'new.txt': 'n', ignored: 'x', '.plumbline/x': 'ours' });
  await rm(path.join(made.folder, 'gone.txt'));
  const snapshot = await snapshotOf(made, { dirty: true });
  const into = path.join(made.home, 'clean');
  await materialise(snapshot, '.', into);
  expect((await readdir(into)).sort()).toEqual(['.gitignore', 'a.txt', 'new.txt']);
  expect(await readFile(path.join(into, 'a.txt'), 'utf8')).toBe('two');
});

test('taking a snapshot of work writes nothing into the checkout, and is taken once for each key', async () => {
  const made = await app({ 'a.txt': 'one' }, { inside: 'apps/web' });
  await made.write({ 'a.txt': 'two' });
  const git = path.join(made.folder, '../../.git');
  const before = [
    await readFile(path.join(git, 'index')),
    (await readdir(path.join(git, 'objects'), { recursive: true })).sort(),
  ];
  const first = await snapshotOf(made, { dirty: true });
  await made.write({ 'a.txt': 'three' });
  const again = await snapshotOf(made, { dirty: true });
  const next = await snapshotOf(made, { dirty: true, key: 'c-2' });
  expect([
    await readFile(path.join(git, 'index')),
    (await readdir(path.join(git, 'objects'), { recursive: true })).sort(),
  ]).toEqual(before);
  expect(again).toEqual(first);
  expect(next.tree).not.toBe(first.tree);
});

test('the description is read from the snapshot', async () => {
  const made = await app(
    { 'plumbline.yaml': 'app: one\n', 'environments/a.yaml': 'environment: a\n' },
    { inside: 'apps/web' },
  );
  const snapshot = await snapshotOf(made);
  await made.write({ 'plumbline.yaml': 'app: two\n' });
  const files = filesOfSnapshot(snapshot);
  expect(await files.read('plumbline.yaml')).toBe('app: one\n');
  expect(await files.read('nothing.yaml')).toBeUndefined();
  expect(await files.list('environments')).toEqual(['a.yaml']);
  expect(await files.list('nowhere')).toEqual([]);
});

test('a directory that is not in the snapshot has no files', async () => {
  const made = await app({ 'a.txt': 'one' });
  const snapshot = await snapshotOf(made);
  expect(await listDirectory(snapshot, 'nowhere')).toEqual([]);
  expect(await listDirectory(snapshot, './')).toEqual([expect.stringMatching(/^100644 blob [0-9a-f]{40}\ta.txt$/)]);
});

test.runIf(process.getuid?.() === 0)('a checkout of another user is read by root', async () => {
  const made = await app({ 'a.txt': 'one' });
  const { execFileSync } = await import('node:child_process');
  execFileSync('chown', ['-R', '65534:65534', made.folder]);
  expect(await readCheckout(made.folder)).toMatchObject({ branch: 'main', dirty: false });
});

test('variables of a git hook lead nowhere else', async () => {
  const made = await app({ 'a.txt': 'one' });
  process.env.GIT_DIR = '/nowhere';
  try {
    expect(await readCheckout(made.folder)).toMatchObject({ dirty: false });
  } finally {
    delete process.env.GIT_DIR;
  }
});
