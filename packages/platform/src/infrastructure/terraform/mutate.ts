import { basename, join } from 'node:path';
import { moduleFolders, terraformFolder } from './modules.ts';
import { type Mutated, mutateModule, type Share } from './mutated-module.ts';

// Breaks Terraform's modules on purpose and counts what their tests notice: `mutate.js [PART/OF [MODULE...]]`, PART from 1.
const [part = '1', of = '1'] = (process.argv[2] ?? '1/1').split('/');
const share: Share = { part: Number(part) - 1, of: Number(of) };

const named = process.argv.slice(3);
const all = [...(await moduleFolders()), join(terraformFolder, 'bootstrap')];
const folders = all.filter((folder) => named.length === 0 || named.includes(basename(folder)));
const done: Mutated[] = [];

/** Two at a time, since each is one process of Terraform that waits for another. */
const work = async (): Promise<void> => {
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const one = await mutateModule(terraformFolder, folder, share);
    done.push(one);
    process.stdout.write(
      `${one.module}: ${one.tried - one.missed.length} of ${one.tried} noticed, ${Math.round(one.ms / 1000)} s\n`,
    );
    for (const missed of one.missed) process.stdout.write(`  not noticed: ${missed}\n`);
    for (const message of one.unguarded) process.stdout.write(`  no mutation breaks: ${message}\n`);
  }
};
await Promise.all([work(), work()]);

const tried = done.reduce((sum, one) => sum + one.tried, 0);
const bad = done.reduce((sum, one) => sum + one.missed.length + one.unguarded.length, 0);
process.stdout.write(`${tried} broken on purpose, part ${part} of ${of}; ${bad} not noticed or never tried\n`);
if (tried === 0 || bad > 0) process.exitCode = 1;
