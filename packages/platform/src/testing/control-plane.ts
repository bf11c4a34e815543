import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, fetch } from 'undici';
import { type Ended, exec } from '../kernel/exec.ts';
import { waitFor } from '../kernel/wait.ts';

/** Who asks: the cluster's admin, or somebody of a group alone. */
export type Person = 'admin' | { readonly group: string };

export interface Answer {
  readonly status: number;
  // What an API server answers is read field by field by the test that asks.
  readonly body: Readonly<Record<string, unknown>>;
}

/** A real kube-apiserver on an etcd of its own: nothing runs pods, and nothing is left of it after `stop`. */
export interface ControlPlane {
  ask(person: Person, method: string, at: string, body?: object, type?: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** The folder that holds `kube-apiserver` and `etcd`; undefined where KUBEBUILDER_ASSETS names none. */
export const controlPlaneBinaries = (): string | undefined => {
  const folder = process.env.KUBEBUILDER_ASSETS;
  return folder !== undefined && existsSync(path.join(folder, 'kube-apiserver')) ? folder : undefined;
};

const startMs = 60_000;

/** Starts both on ports that the system chose, and waits until the API server is ready. `groups` are those that `ask` may be of. */
export const startControlPlane = async (binaries: string, groups: readonly string[]): Promise<ControlPlane> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumb-control-plane-'));
  const [client, peer, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const ending = new AbortController();
  await prepare(folder, groups);
  const run = (file: string, args: readonly string[]): Promise<Ended> =>
    exec(path.join(binaries, file), args, { cwd: folder, env: {}, signal: ending.signal });
  const ended = [
    run('etcd', etcdArguments(folder, client, peer)),
    run('kube-apiserver', serverArguments(folder, client, port)),
  ];
  const stop = async () => {
    ending.abort();
    await Promise.all(ended);
    await rm(folder, { recursive: true, force: true });
  };
  const early = new AbortController();
  void Promise.race(ended).then(({ tail }) => early.abort(new Error(`it ended:\n${tail.join('\n')}`)));
  try {
    const ask = asker(await certificate(folder, early.signal), port);
    await waitFor('the API server', async () => readiness(ask), { deadlineMs: startMs, signal: early.signal });
    return { ask, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const prepare = async (folder: string, groups: readonly string[]): Promise<void> => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const tokens = [
    'admin,admin,0,"system:masters"',
    ...groups.map((group, index) => `${group},person,${index + 1},"${group}"`),
  ];
  await writeFile(path.join(folder, 'key.pem'), privateKey);
  await writeFile(path.join(folder, 'tokens.csv'), `${tokens.join('\n')}\n`);
};

const etcdArguments = (folder: string, client: number, peer: number): readonly string[] => [
  ...['--data-dir', path.join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'error'],
  ...['--listen-client-urls', `http://127.0.0.1:${client}`, '--advertise-client-urls', `http://127.0.0.1:${client}`],
  ...['--listen-peer-urls', `http://127.0.0.1:${peer}`],
];

const serverArguments = (folder: string, etcd: number, port: number): readonly string[] => [
  ...['--etcd-servers', `http://127.0.0.1:${etcd}`, '--cert-dir', path.join(folder, 'certificates')],
  ...['--bind-address', '127.0.0.1', '--secure-port', String(port), '--service-cluster-ip-range', '10.96.0.0/16'],
  ...['--service-account-issuer', 'https://kubernetes.default.svc'],
  ...['--service-account-key-file', path.join(folder, 'key.pem')],
  ...['--service-account-signing-key-file', path.join(folder, 'key.pem')],
  ...['--token-auth-file', path.join(folder, 'tokens.csv'), '--authorization-mode', 'RBAC'],
  ...['--disable-admission-plugins', 'ServiceAccount'],
];

/** The one that the server makes for itself. */
const certificate = (folder: string, signal: AbortSignal): Promise<string> => {
  const file = path.join(folder, 'certificates', 'apiserver.crt');
  const read = async () =>
    existsSync(file) ? { done: await readFile(file, 'utf8') } : { because: 'it has no certificate yet' };
  return waitFor('the API server', read, { deadlineMs: startMs, signal });
};

const asker = (ca: string, port: number): ControlPlane['ask'] => {
  const dispatcher = new Agent({ connect: { ca } });
  return async (person, method, at, body, type = 'application/json') => {
    const answer = await fetch(`https://127.0.0.1:${port}${at}`, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${person === 'admin' ? 'admin' : person.group}`,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.startsWith('application/json');
    // The server's own JSON is an object at its top.
    return { status: answer.status, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text } };
  };
};

const readiness = async (ask: ControlPlane['ask']) => {
  const { status, body } = await ask('admin', 'GET', '/readyz').catch((error) => ({
    status: 0,
    body: { text: `${error}` },
  }));
  return status === 200 ? { done: undefined } : { because: `${body.text}` };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
};
