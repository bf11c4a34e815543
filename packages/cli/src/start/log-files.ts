import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** How many files of earlier starts are kept beside the present one. */
const kept = 3;

/** The file that a process of this home prints to. */
export const logFile = (home: string, name: string): string => join(home, 'logs', `${name}.log`);

/** Moves what an earlier start printed out of the way: agent.log → agent.log.1 → agent.log.2. */
export const rotate = async (file: string): Promise<void> => {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  for (let number = kept - 1; number >= 0; number--) {
    await rename(number === 0 ? file : `${file}.${number}`, `${file}.${number + 1}`).catch(unlessMissing);
  }
};

/** The end of a log, to say why a process would not start. */
export const lastLines = async (file: string, count: number): Promise<readonly string[]> => {
  const text = (await readFile(file, 'utf8').catch(unlessMissing)) ?? '';
  return text.trimEnd().split('\n').slice(-count);
};

const unlessMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
