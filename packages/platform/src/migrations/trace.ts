import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Failure } from '@plumbline/contract/failure';
import { programBasics } from './program-variables.ts';
import { type TracedFile, type TraceOrder, tracedFile } from './trace-words.ts';

/** A process that runs migration files in shadows, one after the other, and tells what each statement did. */
export interface Tracer {
  /** Runs one file. That it failed is an answer. Throws `deadline` when it does not end, `migration-failed` when its process ends. */
  trace(order: Omit<TraceOrder, 'mark'>): Promise<TracedFile>;
  stop(): Promise<void>;
}

export interface TracerOptions {
  /** For one file. Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** What node is given before the program, to load files that are not JavaScript. */
  readonly nodeArgs?: readonly string[];
  /** What files print. */
  readonly onLine?: (line: string) => void;
}

/** Starts the tracer, uses it and stops it, whatever happens. */
export const withTracer = async <T>(options: TracerOptions, use: (tracer: Tracer) => Promise<T>): Promise<T> => {
  const tracer = startTracer(options);
  try {
    return await use(tracer);
  } finally {
    await tracer.stop();
  }
};

const startTracer = ({ timeoutMs = 60_000, signal, nodeArgs = [], onLine }: TracerOptions): Tracer => {
  const mark = `${randomBytes(8).toString('hex')} `;
  const child = spawn(process.execPath, ['--enable-source-maps', '--no-warnings', ...nodeArgs, tracerFile], {
    env: programBasics(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const printed: string[] = [];
  const answers: ((line: string) => void)[] = [];
  const hear = (line: string) => {
    if (line.startsWith(mark)) return answers.shift()?.(line.slice(mark.length));
    printed.push(line);
    onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hear);
  // Told by the end of the process, which comes with it.
  child.stdin.on('error', () => undefined);
  const onAbort = () => child.kill('SIGKILL');
  const onExit = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', onAbort, { once: true });
  process.once('exit', onExit);
  return {
    trace: async (order) => {
      const answered = new Promise<string>((resolve) => answers.push(resolve));
      child.stdin.write(`${JSON.stringify({ ...order, mark } satisfies TraceOrder)}\n`);
      const line = await beforeEnd(child, order.file, answered, ended, { timeoutMs, signal, printed });
      return tracedFile.parse(JSON.parse(line));
    },
    stop: async () => {
      process.off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      child.kill('SIGKILL');
      await ended;
    },
  };
};

interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly printed: readonly string[];
}

const beforeEnd = async (
  child: ChildProcess,
  file: string,
  answered: Promise<string>,
  ended: Promise<void>,
  { timeoutMs, signal, printed }: Limits,
): Promise<string> => {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  try {
    const line = await Promise.race([answered, ended]);
    if (line !== undefined) return line;
  } finally {
    clearTimeout(timer);
  }
  if (signal?.aborted) throw new Failure('interrupted', `checking was interrupted during ${file}`);
  if (isLate) throw new Failure('deadline', `${file} did not end within ${timeoutMs / 1000} s in the shadow database`);
  const said = printed.slice(-20).join('\n');
  throw new Failure('migration-failed', `the process that ran ${file} ended without a word${said ? `:\n${said}` : ''}`);
};

/** Compiled, even when this file is not: tests run sources, which Node 20 cannot. */
const tracerFile = fileURLToPath(new URL('./trace-run.js', import.meta.url)).replace(
  /([/\\])src([/\\]migrations[/\\]trace-run\.js)$/,
  '$1dist$2',
);
