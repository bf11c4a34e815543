import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** A built program of the backend in a process of its own, with these variables and no others. */
export interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly lines: () => Record<string, unknown>[];
  readonly ended: Promise<number | null>;
}

export async function startBackend(variables: Record<string, string>, ...options: string[]): Promise<Started> {
  const port = await freePort();
  const documents = await mkdtemp(join(tmpdir(), 'connect2-documents-'));
  const env = { PORT: String(port), JWT_SECRET: 'x'.repeat(32), DOCUMENTS_URL: documents, ...variables };
  const child = spawn(process.execPath, [...options, 'dist/main.js'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(documents, { recursive: true });
  });
  const whole = () =>
    output
      .slice(0, output.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('{'));
  await until(
    `the backend listens; it said: ${output}`,
    () => output.includes('"listening"') || child.exitCode !== null,
  );
  return { child, url: `http://127.0.0.1:${port}`, lines: () => whole().map((line) => JSON.parse(line)), ended };
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function run(program: string, args: readonly string[], variables: Record<string, string>): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: variables });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      said[name] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...said };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
