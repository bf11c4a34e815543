import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { removeReadOnly } from '../pipeline/read-only.ts';

const run = promisify(execFile);

/** A git checkout of a test's own, with a home beside it. */
export interface GitApp {
  readonly folder: string;
  readonly home: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Commits all that is there; answers the commit. */
  commit(subject?: string): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a checkout with these files in one commit. `inside` is the app's folder in it; files are written from there. */
export const gitApp = async (files: Readonly<Record<string, string>>, { inside = '.' } = {}): Promise<GitApp> => {
  const root = await mkdtemp(path.join(tmpdir(), 'plumb-app-'));
  const top = path.join(root, 'checkout');
  const folder = path.join(top, inside);
  const home = path.join(root, 'home');
  await mkdir(folder, { recursive: true });
  await mkdir(home);
  const git = async (...args: readonly string[]) =>
    (await run('git', [...identity, ...args], { cwd: folder })).stdout.trim();
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) await writeOne(path.join(folder, name), text);
  };
  const commit = async (subject = 'Work') => {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', subject);
    return git('rev-parse', 'HEAD');
  };
  await run('git', ['init', '--quiet', '--initial-branch=main', top]);
  await write(files);
  await commit('First');
  return { folder, home, write, commit, git, remove: () => removeReadOnly(root) };
};

const identity = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.org', '-c', 'commit.gpgsign=false'];

/** A text that begins with `#!` is a program. */
const writeOne = async (file: string, text: string): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  await writeFile(file, text);
  if (text.startsWith('#!')) await chmod(file, 0o755);
};
