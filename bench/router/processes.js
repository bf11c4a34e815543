// @ts-check
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** @typedef {{ name: string, port: number, pid: number, end: () => Promise<void> }} Running */

/** @param {string} file @param {readonly (string | number)[]} args */
const start = (file, args) =>
  fork(path.join(import.meta.dirname, file), args.map(String), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

/**
 * One of our own programs, once it says at which port it listens.
 * @param {string} name @param {string} file @param {readonly (string | number)[]} args
 * @returns {Promise<Running>}
 */
export const startProgram = async (name, file, args = []) => {
  const child = start(file, args);
  const [{ port }] = await once(child, 'message', { signal: AbortSignal.timeout(20_000) });
  return {
    name,
    port,
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
};

/** @typedef {{ seconds: number, connections: number, signal: AbortSignal }} Span */

/**
 * As many requests as the port takes.
 * @param {number} port @param {Span} span
 * @returns {Promise<{ requests: number, failed: number, perSecond: number }>}
 */
export const load = (port, span) => result('load.js', [port, span.seconds, span.connections], span);

/**
 * @param {number} port @param {Span & { rate: number }} span
 * @returns {Promise<{ medianMs: number }>}
 */
export const pace = (port, span) => result('paced.js', [port, span.seconds, span.connections, span.rate], span);

/**
 * What a program of ours sends before it ends.
 * @param {string} file @param {readonly number[]} args @param {Span} span
 */
const result = async (file, args, { seconds, signal }) => {
  signal.throwIfAborted();
  const child = start(file, args);
  try {
    const deadline = AbortSignal.timeout(seconds * 1_000 + 30_000);
    const [sent] = await once(child, 'message', { signal: AbortSignal.any([signal, deadline]) });
    return sent;
  } finally {
    child.kill('SIGKILL');
  }
};

/**
 * nginx with one worker, or why it cannot be had.
 * @param {number} upstreamPort
 * @returns {Promise<Running | { because: string }>}
 */
export const startNginx = async (upstreamPort) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-nginx-'));
  const port = await freePort();
  await writeFile(path.join(folder, 'nginx.conf'), nginxConfiguration(port, upstreamPort));
  const child = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  /** @type {Promise<string>} */
  const failed = new Promise((resolve) => {
    child.once('error', (error) => resolve(`nginx cannot be started: ${error.message}`));
    child.once('exit', () => resolve(`nginx ended: ${said.trim()}`));
  });
  const because = await Promise.race([failed, answers(port)]);
  if (because !== null) {
    await rm(folder, { recursive: true, force: true });
    return { because };
  }
  return {
    name: 'nginx, one worker',
    port,
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGQUIT');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** @param {number} port @param {number} upstreamPort */
const nginxConfiguration = (port, upstreamPort) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 1000000000;
  upstream app { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Request-Id $request_id;
    }
  }
}
`;

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** @param {number} port @returns {Promise<null>} */
const answers = async (port) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const isThere = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.ok,
      () => false,
    );
    if (isThere) return null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx did not answer at port ${port} within 5 s`);
};

/**
 * Seconds of processor time, user and system, that a process and its children that live have used.
 * @param {number} pid @returns {Promise<number>}
 */
export const cpuSeconds = async (pid) => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything; utime and stime are the 14th and 15th fields of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
  const theirs = await Promise.all(
    children === '' ? [] : children.split(' ').map((child) => cpuSeconds(Number(child))),
  );
  return theirs.reduce((sum, seconds) => sum + seconds, own);
};

/** USER_HZ, which Linux has kept at 100 for programs on every machine that node runs on. */
const ticksPerSecond = 100;
