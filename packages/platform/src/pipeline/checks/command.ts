import type { Ended } from '../../kernel/exec.ts';
import { askCommand, type Command, isUnreachable } from '../build-command.ts';
import { installDependencies } from '../build-install.ts';
import { asDiskFull, saysDiskFull } from '../disk-space.ts';
import type { Found } from './found.ts';

/** The exit code by which a command says that it could not run here (as automake's test drivers have it). */
const couldNotRun = 77;

/** Runs a check's command in one folder. */
export const checkByCommand = async (command: Command, where: string): Promise<Found> => {
  return judge(command, where, await askCommand(command));
};

const judge = (command: Command, where: string, ended: Ended): Found => {
  const words = `${command.run.join(' ')} in ${where}`;
  if (ended.code === 0 && ended.stopped === null) return { state: 'passed', because: words, output: [] };
  const output = ended.tail.slice(-shownLines);
  if (ended.code === couldNotRun) return { state: 'not-run', because: `${words}: ${lastWords(ended.tail)}`, output };
  if (saysDiskFull(ended.tail))
    throw asDiskFull(Object.assign(new Error(words), { code: 'ENOSPC' }), command.folder, words);
  const how = ended.stopped ?? (ended.signal === null ? `exit ${ended.code}` : `ended by ${ended.signal}`);
  return { state: 'failed', because: `${words}: ${how}`, output };
};

/** Fetches a folder's dependencies; null when they are there, else why its checks cannot run or have failed. */
export const installForChecks = async (home: string, command: Command, where: string): Promise<Found | null> => {
  const found = judge(command, where, await installDependencies(home, command));
  if (found.state === 'passed') return null;
  const isAway = found.state === 'failed' && isUnreachable(found.output);
  return isAway
    ? { ...found, state: 'not-run', because: `${found.because}: the package registry was not reached` }
    : found;
};

const shownLines = 40;

const lastWords = (lines: readonly string[]): string =>
  lines.findLast((line) => line.trim() !== '') ?? 'it did not say why';
