import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Runs a tool to its end; that it found something is no failure of ours. */
export const run = (program, args, { findsWith = [0, 1] } = {}) =>
  new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 256 * 2 ** 20, timeout: 300_000 }, (error, stdout, stderr) => {
      if (error && !findsWith.includes(error.code))
        reject(
          new Error(
            `${program} could not judge (${error.code}): ${(stderr || stdout || error.message).slice(0, 2_000)}`,
          ),
        );
      else resolve(stdout);
    });
  });

/** Fixtures are kept as the specification or a test has them. */
const notOurs = /(^|\/)(fixtures|node_modules|dist)\//;

/** What git has or would take, and is there. */
export const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(file) && !notOurs.test(file));

export const matching = (pattern) => files.filter((file) => pattern.test(file));

export const firstLineOf = (file) => readFileSync(file, 'utf8').split('\n', 1)[0] ?? '';

export const isHere = (program) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
