import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

// Everything here is a function of the sources and of two variables: no time, no path, no call of git.
const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

await build({ root: folder, logLevel: 'warn' });

const { status } = spawnSync(process.execPath, [tsc, '-p', 'server'], { cwd: folder, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const built = { commit: process.env.PLUMBLINE_COMMIT || null, stamp: process.env.PLUMBLINE_STAMP || null };
writeFileSync(join(folder, 'dist/build.json'), `${JSON.stringify(built)}\n`);
