import type { DeliveryKind } from '@plumbline/contract/delivery';
import type { DeliveryId, EnvironmentName } from '@plumbline/contract/names';
import { digest, environmentName, releaseId, serviceName } from '@plumbline/contract/names';
import { type KnexMigrations, type Release, releaseContent } from '@plumbline/contract/release';
import { z } from 'zod';
import type { AuditEntry } from '../../audit/record.ts';
import type { Settings } from '../../environments/settings.ts';
import { type Database, openDatabase } from '../../kernel/database.ts';
import { type MemoryEngine, memoryEngine } from '../../kernel/durable-memory.ts';
import { sleep } from '../../kernel/wait.ts';
import { type ModelTarget, modelTarget } from '../../targets/model.ts';
import { askDelivery } from '../ask-delivery.ts';
import { abort, approve } from '../commands.ts';
import { deliver } from '../deliver.ts';
import type { DeliverDeps } from '../deliver-deps.ts';
import { type DeliveryRow, deliveryById } from '../delivery-table.ts';
import { type EnvironmentRow, environmentOf } from '../environment-table.ts';
import { freeze, unfreeze } from '../freeze.ts';
import { numberOf } from '../numbers.ts';
import { keepRelease } from '../release-table.ts';
import { approvalRulesOf } from '../show.ts';

export const first = releaseId.parse('r-000000000001');
export const second = releaseId.parse('r-000000000002');
export const third = releaseId.parse('r-000000000003');
export const ann = { name: 'ann', role: 'deployer' } as const;
export const bob = { name: 'bob', role: 'approver' } as const;

/** A control plane without HTTP: real rows, the in-memory engine, and a model of a target. */
export interface Shop {
  readonly database: Database;
  readonly target: ModelTarget;
  readonly audited: ReadonlyMap<string, AuditEntry>;
  readonly engine: () => MemoryEngine;
  ask(
    release: Release['id'],
    more?: {
      readonly kind?: DeliveryKind;
      readonly key?: string;
      readonly wait?: boolean;
      /** Why it is an emergency. */
      readonly emergency?: string;
    },
  ): Promise<DeliveryId>;
  /** By bob; the plan that the delivery has, or another one. */
  approve(id: DeliveryId, planHash?: string): Promise<void>;
  /** By bob, from now on for an hour. */
  freeze(reason?: string): Promise<void>;
  unfreeze(): Promise<void>;
  /** Puts the clock of the control plane forward. */
  goForward(ms: number): void;
  abort(id: DeliveryId): Promise<void>;
  row(id: DeliveryId): Promise<DeliveryRow>;
  environment(): Promise<EnvironmentRow>;
  /** What people are to be told of a delivery, in order. */
  told(id: DeliveryId): Promise<readonly string[]>;
  /** Resolves when every workflow has ended, or the engine died. */
  settled(): Promise<'settled' | 'died'>;
  /** A new life of the control plane over the same rows. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface ShopOptions {
  /** Shops of one database keep apart by it. Default production. */
  readonly environment?: string;
  readonly settings?: Partial<Settings>;
  readonly migrations?: Partial<DeliverDeps['migrations']>;
  /** The migrations of each release; none when absent. Releases of one database keep those that they had first. */
  readonly files?: Readonly<Record<string, KnexMigrations['files']>>;
  /** Called at every step's apply, before it happens: to give a command at an exact moment. */
  readonly onApply?: (shop: Shop, step: string, holder: DeliveryId) => Promise<void>;
}

/** Opens a shop on a database that has the schema. */
export const openShop = async (url: string, options: ShopOptions = {}): Promise<Shop> => {
  const production = environmentName.parse(options.environment ?? 'production');
  const database = openDatabase(url);
  const target = modelTarget();
  const audited = new Map<string, AuditEntry>();
  for (const id of [first, second, third]) await keepRelease(database, releaseNamed(id, options.files?.[id]));
  let engine = memoryEngine();
  let aheadMs = 0;
  const deps = { ...depsOf(database, target, audited, options, () => shop), now: () => Date.now() + aheadMs };
  const begin = async () => {
    const workflow = engine.define('deliver', deliver(deps));
    await engine.launch();
    return workflow;
  };
  let workflow = await begin();
  const askDeps = { ...deps, startDelivery: (id: DeliveryId) => void workflow.start(id, { id }) };
  const shop: Shop = {
    database,
    target,
    audited,
    engine: () => engine,
    ask: (release, { kind = 'deliver' as DeliveryKind, key = `key-${Math.random()}`, wait = true, emergency } = {}) =>
      askDelivery(
        askDeps,
        {
          key,
          kind,
          environment: production,
          release,
          climb: null,
          reason: emergency ?? null,
          emergency: emergency !== undefined,
          wait,
        },
        ann,
      ),
    approve: async (id, planHash) => {
      const shown = planHash ?? (await deliveryById(database, id)).planHash ?? '';
      await approve(deps, { delivery: id, planHash: shown, reason: null }, bob, await approvalRulesOf(database, id));
    },
    freeze: async (reason = 'the books are closed') => {
      const key = `key-${Math.random()}`;
      await freeze(deps, { key, environment: production, from: null, until: deps.now() + 3_600_000, reason }, bob);
    },
    unfreeze: async () => void (await unfreeze(deps, { environment: production, reason: null }, bob)),
    goForward: (ms) => {
      aheadMs += ms;
    },
    abort: (id) => abort(deps, { delivery: id, reason: 'no longer wanted' }, bob),
    row: (id) => deliveryById(database, id),
    environment: () => environmentOf(database, production),
    told: async (id) =>
      (
        await database.query(
          'select kind from plumbline.notices where delivery = $1 order by number',
          [numberOf(id)],
          z.object({ kind: z.string() }),
        )
      ).map(({ kind }) => kind),
    settled: () => engine.settled(),
    restart: async () => {
      engine = engine.restart();
      workflow = await begin();
    },
    close: async () => {
      await engine.close();
      await database.close();
    },
  };
  return shop;
};

const depsOf = (
  database: Database,
  target: ModelTarget,
  audited: Map<string, AuditEntry>,
  { settings, migrations, onApply }: ShopOptions,
  shop: () => Shop,
): Omit<DeliverDeps, 'now'> => ({
  database,
  target: {
    ...target,
    apply: async (order, signal) => {
      const { step, holder } = order.shape;
      await onApply?.(shop(), step, holder as DeliveryId);
      return target.apply(order, signal);
    },
  },
  guard: async () => undefined,
  record: async (_, entry) => void audited.set(entry.key, entry),
  woken: (_, withinMs, signal) => sleep(Math.min(withinMs, 2), signal).catch(() => undefined),
  settings: async (environment) => ({ ...plainSettings(environment), ...settings }),
  unpack: async (release) =>
    Object.fromEntries(release.content.services.map(({ name }) => [name, `/unpacked/${name}`])),
  forbidding: async () => [],
  ancestor: async () => 'yes',
  secrets: async () => new Map(),
  migrations: {
    schema: async () => ({ applied: [], notes: [] }),
    check: async () => ({ files: [], findings: [], sizesKnown: true, gaps: [] }),
    run: async () => [],
    seed: async () => undefined,
    ...migrations,
  },
  verify: async () => null,
  monotonicMs: () => performance.now(),
});

const web = serviceName.parse('web');

export const plainSettings = (environment: EnvironmentName): Settings => ({
  environment,
  target: 'local',
  below: null,
  hosts: [],
  strategy: 'rolling',
  canary: {
    cohort: null,
    steps: [
      { weightPercent: 50, pause: false },
      { weightPercent: 100, pause: false },
    ],
  },
  verdict: { failAgainstPercent: null, leastRequests: null, withinMs: 1_000, atDeadline: 'go-on' },
  replicas: { [web]: 2 },
  scaling: null,
  approvals: { count: 0, roles: ['approver', 'admin'], self: false, expiresMs: 60_000 },
  freezes: [],
  gatesBeforeEachStep: true,
  timeouts: { migrationsMs: 1_000, statementMs: 1_000, rolloutMs: 1_000, smokeMs: 1_000, verifyMs: 1_000 },
  bakeMs: 0,
  goBackForMs: 0,
  verify: [],
  seed: false,
  variables: {},
  backupRetentionMs: 0,
  disasterRecovery: false,
  digest: 'the settings of this test',
});

export const releaseNamed = (id: Release['id'], files?: KnexMigrations['files']): Release => ({
  id,
  content: releaseContent.parse({
    app: 'shop',
    services: [
      {
        name: web,
        alias: null,
        artefact: digest.parse(`sha256:${'0'.repeat(64)}`),
        start: ['node', 'server.js'],
        route: '/',
        health: '/health',
        liveness: null,
        assets: null,
        version: null,
        variables: {},
        startWithinMs: 1_000,
        drainWithinMs: 1_000,
      },
    ],
    stores: [{ name: 'database', kind: 'postgres', version: null, optional: false }],
    migrations: files
      ? {
          service: web,
          kind: 'knex',
          directory: '.',
          files,
          digest: digest.parse(`sha256:${'0'.repeat(64)}`),
          store: 'database',
        }
      : null,
    seed: null,
    smoke: [],
    stamp: id,
  }),
  commit: id,
  branch: 'main',
  subject: 'a change',
  marks: [],
  checks: [],
  builtAt: 1,
  builtBy: 'ann',
  bytes: 1,
  verifiedIn: [],
  liveIn: [],
});
