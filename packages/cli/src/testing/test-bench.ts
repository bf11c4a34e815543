import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createServer } from '@plumbline/server/app';
import { createMemoryPlatform, type MemoryPlatform } from '@plumbline/server/testing/memory-platform';
import type { Surroundings } from '../command.ts';
import { main } from '../main.ts';
import { createTerminal } from '../terminal.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An app's folder with a control plane in memory behind real HTTP, and the command line called upon it. */
export interface TestBench {
  readonly platform: MemoryPlatform;
  readonly directory: string;
  readonly url: string;
  /** Runs a command as the admin, or with another token. */
  plumb(argv: readonly string[], more?: { readonly token?: string; readonly stdin?: string }): Promise<Answer>;
  /** Runs a command and calls back when it has printed; gives the way to press Ctrl-C. */
  plumbWatched(argv: readonly string[], whenPrinted: (out: string, interrupt: () => void) => void): Promise<Answer>;
  close(): Promise<void>;
}

export const createTestBench = async (): Promise<TestBench> => {
  const directory = await mkdtemp(join(tmpdir(), 'plumb-cli-'));
  const platform = createMemoryPlatform();
  const app = await createServer(platform, { checkReplies: true });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const home = join(directory, '.plumbline');
  await mkdir(home);
  await writeFile(join(directory, 'plumbline.yaml'), '');
  await writeFile(join(home, 'token'), `${platform.tokenOf.admin}\n`);
  const control = { url, pid: process.pid, startedAt: Date.now(), instance: 'memory' };
  await writeFile(join(home, 'control.json'), JSON.stringify(control));
  const plumbWatched: TestBench['plumbWatched'] = (argv, whenPrinted) => run(argv, { directory, whenPrinted });
  return {
    platform,
    directory,
    url,
    plumb: (argv, more = {}) => run(argv, { directory, ...more }),
    plumbWatched,
    close: async () => {
      await app.close();
      await platform.close();
      await rm(directory, { recursive: true });
    },
  };
};

interface Run {
  readonly directory: string;
  readonly token?: string;
  readonly stdin?: string;
  readonly whenPrinted?: (out: string, interrupt: () => void) => void;
}

const run = async (argv: readonly string[], { directory, token, stdin = '', whenPrinted }: Run): Promise<Answer> => {
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  const interrupt = (): void => {
    for (const listener of listeners) listener();
  };
  const stdout = collector((text) => {
    out += text;
    whenPrinted?.(out, interrupt);
  });
  const stderr = collector((text) => {
    err += text;
  });
  const surroundings: Surroundings = {
    env: { PATH: process.env.PATH, ...(token !== undefined && { PLUMBLINE_TOKEN: token }) },
    cwd: directory,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const input = new PassThrough();
  input.end(stdin);
  const code = await main(argv, surroundings, createTerminal({ stdin: input, stdout, stderr }, {}));
  return { code, out, err };
};

const collector = (take: (text: string) => void): Writable =>
  new Writable({
    write: (chunk, _encoding, done) => {
      take(String(chunk));
      done();
    },
  });
