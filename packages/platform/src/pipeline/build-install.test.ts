import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type GitApp, gitApp } from '../testing/git-app.ts';
import { installDependencies } from './build-install.ts';

const run = promisify(execFile);

const apps: GitApp[] = [];
afterEach(async () => {
  for (const made of apps.splice(0)) await made.remove();
});
const app = async (files: Readonly<Record<string, string>>) => {
  const made = await gitApp(files);
  apps.push(made);
  return made;
};

const lock = (name: string, packages: object = {}) =>
  JSON.stringify({
    name,
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name, version: '1.0.0' }, ...packages },
  });

describe('dependencies', () => {
  const plain = { 'package.json': '{"name":"web","version":"1.0.0"}', 'package-lock.json': lock('web') };
  const installing = async (files: Readonly<Record<string, string>>, home: string) => {
    const made = await app(files);
    // Stands for npm: makes something that no other run makes.
    await made.write({ 'bin/npm': '#!/bin/sh\nmkdir node_modules && date +%s%N > node_modules/made\n' });
    await run('chmod', ['+x', path.join(made.folder, 'bin/npm')]);
    const variables = { PATH: `${path.join(made.folder, 'bin')}:${process.env.PATH}` };
    await installDependencies(home, {
      of: 'web',
      run: ['npm', 'ci'],
      folder: made.folder,
      variables,
      timeoutMs: 20_000,
    });
    return readFile(path.join(made.folder, 'node_modules/made'), 'utf8');
  };

  test('of the same lock file are installed once, those of another lock file anew', async () => {
    const { home } = await app({});
    const first = await installing(plain, home);
    expect(await installing(plain, home)).toBe(first);
    expect(await installing({ ...plain, 'package-lock.json': lock('other') }, home)).not.toBe(first);
    expect((await readdir(path.join(home, 'installs'))).length).toBe(2);
  });

  test.each([
    ['scripts of the app run with them', { ...plain, 'package.json': '{"name":"web","scripts":{"prepare":"x"}}' }],
    [
      'some lie in the app itself',
      { ...plain, 'package-lock.json': lock('web', { 'node_modules/a': { resolved: 'a', link: true } }) },
    ],
    ['there is no lock file', { 'package.json': plain['package.json'] }],
  ])('are not kept where %s', async (_, files) => {
    const { home } = await app({});
    expect(await installing(files, home)).not.toBe(await installing(files, home));
    expect(await readdir(home)).toEqual([]);
  });

  test('that were kept longest go when there are too many', async () => {
    const { home } = await app({});
    const first = await installing(plain, home);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      await installing({ ...plain, 'package-lock.json': lock(name) }, home);
    expect((await readdir(path.join(home, 'installs'))).length).toBe(6);
    expect(await installing(plain, home)).not.toBe(first);
  });
});
