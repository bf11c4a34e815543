import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** A git checkout made of these files, with everything committed. */
export const checkoutOf = async (folder: string, files: Readonly<Record<string, string>>): Promise<string> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=scenario', '-c', 'user.email=scenario@example.com', ...args], { cwd: folder });
  await git('init', '--quiet', '--initial-branch=main');
  await commitAll(folder, 'First');
  return folder;
};

/** Commits whatever lies in the checkout; answers the commit. */
export const commitAll = async (folder: string, message: string): Promise<string> => {
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=scenario', '-c', 'user.email=scenario@example.com', ...args], { cwd: folder });
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', message);
  return (await git('rev-parse', 'HEAD')).stdout;
};
