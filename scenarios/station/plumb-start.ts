import { fileURLToPath } from 'node:url';
import { childVariables } from '@plumbline/cli/start/child-variables';
import { execa } from 'execa';

/** A `plumb start` of a folder, as a user runs it: with no variables of Plumbline's. */
export interface PlumbStart {
  readonly pid: number;
  /** All that it has printed by now. */
  said(): string;
  /** Ends it as Ctrl-C does; answers its exit code. */
  stop(): Promise<number>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
}

/** The program `plumb` of this checkout. */
export const launcher = fileURLToPath(new URL('../../packages/cli/bin/plumb.js', import.meta.url));

const options = {
  env: childVariables(process.env, { NO_COLOR: '1' }),
  extendEnv: false,
  stdin: 'ignore',
  all: true,
  reject: false,
  // Nothing of the checkout that the scenarios are in: --directory has to do.
  cwd: '/',
} as const;

export const plumbStart = (directory: string): PlumbStart => {
  const args = [launcher, 'start', '--directory', directory];
  const child = execa(process.execPath, args, { ...options, detached: true, buffer: false });
  let said = '';
  child.all.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const ended = child.then(({ exitCode }) => exitCode ?? -1);
  return {
    pid: child.pid ?? 0,
    said: () => said,
    ended,
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
};

/** One command for the app in a folder; answers its exit code and all that it printed. */
export const plumb = async (directory: string, ...args: readonly string[]) => {
  const { exitCode, all } = await execa(process.execPath, [launcher, ...args, '--directory', directory], options);
  return { exitCode, said: all };
};
