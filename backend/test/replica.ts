import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { ACTIVITY_CHANNEL, findTold } from '../src/activity/activity.ts';
import { createHub } from '../src/activity/hub.ts';
import { createApp } from '../src/app.ts';
import { type Cache, noCache } from '../src/cache/cache.ts';
import { openDatabase } from '../src/database/database.ts';
import { listen } from '../src/database/listener.ts';
import { folderStore } from '../src/documents/folder.ts';
import { drain } from '../src/health/drain.ts';
import { createDraining, type Draining } from '../src/health/draining.ts';
import { watchConnections } from '../src/http/connections.ts';
import { createLog, type Log } from '../src/logging/log.ts';
import { createMetrics, type Metrics } from '../src/metrics/metrics.ts';
import { SEED_PASSWORD } from '../src/seeding/seed.ts';
import { createTokens } from '../src/sessions/tokens.ts';
import { ownDatabase } from './database.ts';
import { until } from './until.ts';

export const LENA = 'lena@lender.example';
export const BO = 'bo@builder.example';
export const BEA = 'bea@builder.example';

interface Wanted {
  readonly databaseUrl: string;
  readonly poolMax: number;
  readonly cache: (log: Log) => Cache;
  readonly metrics: (log: Log) => Metrics;
  readonly smokePassword: string;
}

/** One process's worth of the API, listening, with real parts; and what it logged. */
export interface Replica {
  readonly url: string;
  readonly databaseUrl: string;
  readonly documentsFolder: string;
  readonly logged: () => Record<string, unknown>[];
  readonly draining: Draining;
  readonly close: () => Promise<void>;
}

export async function startReplica(wanted: Partial<Wanted> = {}): Promise<Replica> {
  const databaseUrl = wanted.databaseUrl ?? (await ownDatabase());
  const documentsFolder = await mkdtemp(join(tmpdir(), 'connect2-documents-'));
  const lines: string[] = [];
  const out = new PassThrough().on('data', (chunk) => lines.push(...String(chunk).split('\n').filter(Boolean)));
  const log = createLog({ level: 'debug', environment: 'test', release: 'r1', out });
  const database = openDatabase(databaseUrl, wanted.poolMax ?? 5, log);
  const hub = createHub((which) => findTold(database, which), log);
  const notices = {
    channel: ACTIVITY_CHANNEL,
    onNotice: (id: string) => hub.heard(Number(id)),
    onConnected: hub.catchUp,
  };
  const listener = listen(databaseUrl, notices, log);
  const cache = wanted.cache?.(log) ?? noCache;
  const noAgent = { agentHost: undefined, agentPort: 0, environment: 'test', version: '2.0.0' };
  const metrics = wanted.metrics?.(log) ?? createMetrics(noAgent, log);
  const draining = createDraining();
  const app = await createApp({
    ...{ database, cache, hub, log, metrics, draining },
    documents: folderStore(documentsFolder),
    isDatabaseUp: listener.check,
    tokens: createTokens('a secret of the tests, long enough'),
    smokePassword: wanted.smokePassword,
    version: { version: '2.0.0', commit: null, release: 'r1', stamp: null },
  });
  const unused = watchConnections(app.server);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });

  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    const closeRest = async () => {
      await listener.close();
      await database.destroy();
      await cache.close();
      await metrics.close();
    };
    await drain({ delayMs: 0, deadlineMs: 20_000 }, { draining, server: app, unused, closeRest }, log);
    await rm(documentsFolder, { recursive: true, force: true });
  };
  onTestFinished(close);
  await until('the replica listens to its database', listener.check);
  return { url, databaseUrl, documentsFolder, draining, close, logged: () => lines.map((line) => JSON.parse(line)) };
}

/** Asks a replica as one user, and parses what it answers. */
export interface Client {
  readonly token: string;
  readonly ask: (method: string, path: string, options?: Ask) => Promise<Answered>;
}

interface Ask {
  readonly json?: unknown;
  readonly body?: Uint8Array;
  readonly headers?: Record<string, string>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // The shape is what the test expects of it; a wrong one fails the test.
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
  readonly body: any;
}

export async function logIn({ url }: Pick<Replica, 'url'>, email: string, password = SEED_PASSWORD): Promise<Client> {
  const json = { email, password };
  const { body } = await ask(url, 'POST', '/api/session', { json });
  const authorization = `Bearer ${body.token}`;
  return {
    token: body.token,
    ask: (method, path, options = {}) =>
      ask(url, method, path, { ...options, headers: { authorization, ...options.headers } }),
  };
}

export async function ask(
  url: string,
  method: string,
  path: string,
  { json, body, headers }: Ask = {},
): Promise<Answered> {
  const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
  const sent = json === undefined ? body : JSON.stringify(json);
  const response = await fetch(url + path, { method, headers: { ...type, ...headers }, body: sent ?? null });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** A seeded project of Bo, whom Lena lends to. */
export async function projectOf(client: Client): Promise<string> {
  const { body } = await client.ask('GET', '/api/projects?limit=1');
  return body.projects[0].id;
}

export const newLoan = { amountCents: 50_000_000, rateBasisPoints: 725, termMonths: 18 };
