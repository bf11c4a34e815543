import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { execa } from 'execa';

/** A temporary folder with a clone of the checkout in it, and room for what Plumbline keeps. */
export interface Workshop {
  readonly folder: string;
  readonly app: string;
  readonly home: string;
  readonly commit: string;
  remove(): Promise<void>;
}

/** Clones the commit that is checked out; uncommitted work stays where it is. */
export const openWorkshop = async (checkout: string): Promise<Workshop> => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-demo-'));
  const app = join(folder, 'app');
  const cloned = await execa('git', ['clone', '--quiet', '--no-hardlinks', checkout, app], { reject: false });
  if (cloned.exitCode !== 0) {
    await rm(folder, { recursive: true, force: true });
    throw new Failure(
      'bad-input',
      `the demo ships a git checkout, and ${checkout} cannot be cloned: ${cloned.stderr}`,
      {
        hint: 'give one with --directory',
      },
    );
  }
  const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: app });
  return {
    folder,
    app,
    home: join(folder, 'home'),
    commit,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
