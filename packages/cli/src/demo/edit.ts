import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseDocument } from 'yaml';
import type { Workshop } from './workshop.ts';

/** A value to put at a place of a YAML file; undefined takes out what is there. */
export type Change = readonly [file: string, place: readonly string[], value: unknown];

/** Changes the description in the workshop, and nothing else of its files. */
export const edit = async ({ app }: Workshop, changes: readonly Change[]): Promise<void> => {
  for (const [file, place, value] of changes) {
    const path = join(app, file);
    const document = parseDocument(await readFile(path, 'utf8'));
    if (value === undefined) document.deleteIn(place);
    else document.setIn(place, value);
    await writeFile(path, document.toString());
  }
};

/** Environments that bake on this machine do so for that long: bakes are for people to watch. */
export const bakeFor = async (workshop: Workshop, duration: string): Promise<void> => {
  const folder = join(workshop.app, 'environments');
  for (const file of await readdir(folder)) {
    const document = parseDocument(await readFile(join(folder, file), 'utf8'));
    if (document.hasIn(['local', 'bake']))
      await edit(workshop, [[join('environments', file), ['local', 'bake'], duration]]);
  }
};

/** Commits all that was changed: what is not committed goes to the first environment alone. */
export const commitAll = async ({ app }: Workshop, subject: string): Promise<void> => {
  const who = ['-c', 'user.name=Demo', '-c', 'user.email=demo@demo.example'];
  await execa('git', ['add', '--all'], { cwd: app });
  await execa('git', [...who, 'commit', '--quiet', '--message', subject], { cwd: app });
};
