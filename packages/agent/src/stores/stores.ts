import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Observation, StoreAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { StoreSpec } from '@plumbline/contract/service-spec';
import type { Ports } from '../home/ports.ts';
import { storageFailure } from '../home/storage-failure.ts';
import type { Log } from '../log.ts';
import type { DaemonState } from '../processes/keep-running.ts';
import type { Databases } from './databases.ts';
import type { Postgres } from './postgres.ts';
import { keepRedis, type Redis } from './redis.ts';

type StoreAddress = StoreAddresses[keyof StoreAddresses];
type ObservedStore = Observation['stores'][number];

export interface StoresNeeds {
  readonly environment: EnvironmentName;
  readonly home: string;
  readonly databases: Databases;
  readonly ports: Ports;
  /** The `redis-server` of this machine; null where there is none. */
  readonly redisServer: string | null;
  readonly log: Log;
  readonly changed: () => void;
}

const noRedis = 'redis-server is not installed';
const cacheIsOff = `${noRedis}: the cache is off`;

/** The stores of one environment. */
export class Stores {
  readonly #needs: StoresNeeds;
  readonly #redises = new Map<string, Redis>();
  #specs: readonly StoreSpec[] = [];
  #postgres: Postgres | undefined;
  #noPostgres: string | null = null;

  constructor(needs: StoresNeeds) {
    this.#needs = needs;
  }

  /** Begins to start what is asked for and does not run. */
  want(specs: readonly StoreSpec[]): void {
    this.#specs = specs;
    for (const spec of specs) this.#start(spec);
  }

  /** The address of one store; waits until it answers. */
  async address(name: string, signal: AbortSignal): Promise<StoreAddress> {
    const spec = this.#specs.find((one) => one.name === name);
    if (spec) return this.#addressOf(spec, signal);
    throw new Failure('not-found', `${this.#needs.environment} has no store ${name}`, {
      hint: 'declare it under stores: in plumbline.yaml',
    });
  }

  async addresses(signal: AbortSignal): Promise<StoreAddresses> {
    const named = this.#specs.map(async (spec) => [spec.name, await this.#addressOf(spec, signal)] as const);
    return Object.fromEntries(await Promise.all(named));
  }

  observe(): readonly ObservedStore[] {
    return this.#specs.map((spec) => ({ name: spec.name, kind: spec.kind, ...this.#stateOf(spec) }));
  }

  rotateLogs(): void {
    for (const redis of this.#redises.values()) redis.rotateLog();
  }

  /** Stops the environment's Redis; PostgreSQL is the agent's to stop. */
  async stop(): Promise<void> {
    await Promise.all([...this.#redises.values()].map((one) => one.stop()));
  }

  #start(spec: StoreSpec): void {
    const { environment, redisServer, log } = this.#needs;
    if (spec.kind === 'redis' && redisServer !== null) this.#redis(spec.name, redisServer);
    if (spec.kind === 'postgres')
      this.#keptPostgres().catch((error: unknown) =>
        log('error', 'PostgreSQL cannot be kept', { environment, error: String(error) }),
      );
  }

  async #addressOf(spec: StoreSpec, signal: AbortSignal): Promise<StoreAddress> {
    const { home, environment } = this.#needs;
    switch (spec.kind) {
      case 'postgres':
        return { url: await (await this.#keptPostgres()).database(spec.name, signal), because: null };
      case 'redis':
        return this.#redisAddress(spec, signal);
      case 'bucket':
        return { url: await bucket(path.join(home, 'buckets', environment, spec.name)), because: null };
      default:
        throw new Error(`unknown kind of store: ${spec.kind satisfies never}`);
    }
  }

  async #redisAddress(spec: StoreSpec, signal: AbortSignal): Promise<StoreAddress> {
    const { environment, redisServer } = this.#needs;
    if (redisServer !== null) return addressUnlessOptional(this.#redis(spec.name, redisServer), spec, signal);
    if (spec.optional) return { url: null, because: cacheIsOff };
    throw new Failure('not-found', `the store ${spec.name} of ${environment} needs Redis: ${noRedis}`, {
      hint: 'install it (apt-get install redis-server, brew install redis), or mark the store optional',
    });
  }

  #redis(store: string, program: string): Redis {
    const there = this.#redises.get(store);
    if (there) return there;
    const { home, environment, ports, log, changed } = this.#needs;
    const folder = path.join(home, 'redis', environment, store);
    const redis = keepRedis(`${environment}/${store}`, { program, folder, ports, log, changed });
    this.#redises.set(store, redis);
    return redis;
  }

  async #keptPostgres(): Promise<Postgres> {
    const { databases, environment, changed } = this.#needs;
    try {
      this.#postgres ??= await databases.keep(environment, changed);
      this.#noPostgres = null;
      return this.#postgres;
    } catch (error) {
      this.#noPostgres = error instanceof Error ? error.message : String(error);
      changed();
      throw error;
    }
  }

  #stateOf({ name, kind, optional }: StoreSpec): Pick<ObservedStore, 'state' | 'because'> {
    if (kind === 'bucket') return { state: 'running', because: null };
    if (kind === 'redis' && this.#needs.redisServer === null)
      return optional ? { state: 'off', because: cacheIsOff } : { state: 'down', because: noRedis };
    const state = kind === 'postgres' ? this.#postgres?.state() : this.#redises.get(name)?.state();
    if (state) return { state: state.is, because: becauseOf(state) };
    return { state: this.#noPostgres ? 'down' : 'starting', because: this.#noPostgres };
  }
}

/** An optional store that does not come up is done without, with the reason. */
const addressUnlessOptional = async (redis: Redis, spec: StoreSpec, signal: AbortSignal): Promise<StoreAddress> => {
  try {
    return { url: await redis.address(signal), because: null };
  } catch (error) {
    if (!spec.optional || !(error instanceof Failure)) throw error;
    return { url: null, because: error.message };
  }
};

const bucket = async (folder: string): Promise<string> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw storageFailure(error, folder);
  }
};

const becauseOf = (state: DaemonState): string | null => (state.is === 'running' ? null : state.because);
