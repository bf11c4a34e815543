import { mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { AgentStatus } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { type EnvironmentName, environmentName } from '@plumbline/contract/names';
import type { Environment } from './environments/environment.ts';
import { type Environments, openEnvironments } from './environments/environments.ts';
import { type KeptCounts, keepCounts } from './home/counts-file.ts';
import { type Journal, openJournal } from './home/journal.ts';
import { takeLock } from './home/lock.ts';
import { openPorts, type Ports } from './home/ports.ts';
import { openSecrets, type Secrets } from './home/secrets.ts';
import { hashOf } from './home/socket-path.ts';
import { storageFailure } from './home/storage-failure.ts';
import { type ListenNeeds, listenCommon, listenPlain } from './listen.ts';
import { type Log, openLog } from './log.ts';
import { createRouter, type Router } from './router/router.ts';
import { type Databases, openDatabases } from './stores/databases.ts';
import { findRedis } from './stores/redis.ts';

/** The data plane of one home: router, replicas and databases. */
export interface Agent {
  readonly home: string;
  readonly log: Log;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly databases: Databases;
  /** Opened when it is first asked for. */
  environment(name: EnvironmentName): Promise<Environment>;
  status(): AgentStatus;
  plainPorts(): Readonly<Record<string, number>>;
  /** What is not as usual, in words. */
  notes(): readonly string[];
  /** Calls back when an environment has got a port. */
  onPorts(listener: () => void): void;
  /** Lets requests end within the time, then stops replicas, Redis and PostgreSQL, and lets go of the home when `last` is done. */
  stop(drainWithinMs: number, last: () => Promise<void>): Promise<void>;
}

export interface AgentOptions {
  /** The `.plumbline` folder of an app; made where it is not there. */
  readonly home: string;
  /** The router's common port: 4680 where not given, 0 for one that the system chooses. */
  readonly port?: number | undefined;
}

/** Takes the home, brings back all that was there, and listens. Fails with `conflict` where an agent has the home. */
export const openAgent = async (options: AgentOptions): Promise<Agent> => {
  const home = await openHome(options.home);
  const lock = takeLock(path.join(home, 'agent.lock'));
  if (!lock.taken)
    throw new Failure('conflict', `an agent of ${home} runs already, as process ${lock.holder.pid}`, {
      hint: 'use that one, or stop it first: plumb stop',
    });
  try {
    return await openParts(await openGround(home, options.port === 0), options.port, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
};

const openHome = async (home: string): Promise<string> => {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    const real = await realpath(home);
    for (const folder of ['secrets', 'environments'])
      await mkdir(path.join(real, folder), { recursive: true, mode: 0o700 });
    return real;
  } catch (error) {
    throw storageFailure(error, home);
  }
};

/** What everything stands on. */
interface Ground extends ListenNeeds {
  readonly home: string;
  readonly log: Log;
  readonly journal: Journal;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly counts: KeptCounts;
  readonly router: Router;
  readonly databases: Databases;
  readonly redisServer: string | null;
  readonly notes: readonly string[];
}

const openGround = async (home: string, anyPort: boolean): Promise<Ground> => {
  const log = openLog(path.join(home, 'agent.log'));
  const ports = await openPorts(path.join(home, 'ports.json'));
  const counts = await keepCounts(path.join(home, 'counts.json'), log);
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    log('warn', text);
  };
  return {
    home,
    log,
    ports,
    counts,
    anyPort,
    notes,
    note,
    journal: await openJournal(path.join(home, 'journal.ndjson')),
    secrets: openSecrets(path.join(home, 'secrets')),
    router: createRouter({ answered: counts.add }),
    databases: openDatabases({ home, ports, log, note }),
    redisServer: findRedis(process.env.PATH ?? ''),
  };
};

const rotateEveryMs = 2_000;

const openParts = async (ground: Ground, wantedPort: number | undefined, release: () => void): Promise<Agent> => {
  const { home, log, journal, ports, secrets, router, databases, counts, notes } = ground;
  const startedAt = Date.now();
  let routerPort = 0;
  const environments = openEnvironments({
    ...ground,
    homeHash: hashOf(home),
    routerPort: () => routerPort,
    listenPlain: (name) => listenPlain(name, ground),
  });
  await bringBack(ground, environments);
  routerPort = await listenCommon(wantedPort, ground);
  const rotating = setInterval(() => {
    environments.rotateLogs();
    for (const database of databases.all()) database.rotateLog();
  }, rotateEveryMs);

  const stop = async (drainWithinMs: number, last: () => Promise<void>): Promise<void> => {
    clearInterval(rotating);
    const steps = [
      () => router.close(drainWithinMs),
      environments.stop,
      databases.stop,
      counts.close,
      journal.close,
      last,
    ];
    for (const step of steps) await step().catch(tellOf(log));
    release();
  };

  return {
    home,
    log,
    journal,
    secrets,
    databases,
    environment: environments.get,
    status: () => ({
      pid: process.pid,
      startedAt,
      home,
      routerPort,
      environments: [...environments.names()],
      databases: databases.all().map((one) => ({ name: one.name, state: one.state().is, port: one.port() })),
    }),
    plainPorts: () =>
      Object.fromEntries(withPrefix(ports, 'plain/').map((name) => [name, ports.of(`plain/${name}`) ?? 0])),
    notes: () => notes,
    onPorts: ports.onChange,
    stop,
  };
};

/** What cannot be brought back is told, and does not keep the rest down; it is tried again when it is asked for. */
const bringBack = async ({ home, ports, databases, note }: Ground, environments: Environments): Promise<void> => {
  const tell = (what: string) => (error: unknown) =>
    note(`${what} is not back: ${error instanceof Error ? error.message : String(error)}`);
  const kept = withPrefix(ports, 'database/').map((name) => databases.keep(name).catch(tell(`the database ${name}`)));
  const names = (await readdir(path.join(home, 'environments'))).map((name) => environmentName.parse(name));
  await Promise.all([...kept, ...names.map((name) => environments.get(name).catch(tell(name)))]);
};

/** One part that does not stop well must not leave the others running. */
const tellOf = (log: Log) => (error: unknown) => log('error', 'a part did not stop well', { error: String(error) });

const withPrefix = (ports: Ports, prefix: string): readonly string[] =>
  Object.keys(ports.all())
    .filter((purpose) => purpose.startsWith(prefix))
    .map((purpose) => purpose.slice(prefix.length));
