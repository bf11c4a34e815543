import type { Delivery } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import { type Role, roles } from '@plumbline/contract/identity';
import type { DeliveryId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { OpenedPlatform } from '@plumbline/contract/platform';
import type { Release } from '@plumbline/contract/release';
import { commit, ship } from './memory-climb.ts';
import { ask, gatesOf, isEnded, planOf, setState } from './memory-delivery.ts';
import { follow, lastLines } from './memory-feeds.ts';
import { endFreezes, freezesLeft, setFreeze } from './memory-freeze.ts';
import { migrationsOf } from './memory-migrations.ts';
import { notifications, testNotifier } from './memory-notices.ts';
import { environmentStatus, statusOf, withActions } from './memory-status.ts';
import { createToken, identityOf, revokeToken, summaryOf } from './memory-tokens.ts';
import { createWorld, hashOf, liveIn, path, record, type World } from './memory-world.ts';

export type MemoryPlatform = OpenedPlatform & {
  /** A token for each role; its name is the role's. */
  readonly tokenOf: Readonly<Record<Role, string>>;
  readonly world: World;
  /** Makes `lost` fire, as when another instance took the lease. */
  loseLease(): void;
};

/** A control plane in memory that behaves: deliveries run, wait for approval, queue, go back and are recorded. For tests. */
export const createMemoryPlatform = (settings: { readonly stageMs?: number } = {}): MemoryPlatform => {
  const closing = new AbortController();
  const lease = new AbortController();
  const world = createWorld(settings.stageMs ?? 2, closing.signal);
  const tokens = roles.map((role) => [role, createToken(world, { name: role, role, by: 'plumbline' }).token] as const);
  return {
    ...reading(world),
    ...changing(world),
    // The keys are the roles.
    tokenOf: Object.fromEntries(tokens) as Record<Role, string>,
    world,
    lost: lease.signal,
    loseLease: () => lease.abort(),
    close: async () => closing.abort(),
  };
};

const reading = (world: World) =>
  ({
    health: async () => ({ ok: true, instance: 'memory' }),
    authenticate: async (token) => identityOf(world, token),
    whoami: async (_input, who) => who,
    status: async () => statusOf(world),
    climbs: async ({ limit }) => newest(world.climbs.values(), limit),
    climb: async ({ climb }) => found(world.climbs.get(climb), climb),
    deliveries: async ({ environment, limit }, who) => {
      const all = [...world.deliveries.values()].filter(
        (one) => environment === undefined || one.environment === environment,
      );
      return newest(all, limit).map((one) => withActions(one, who));
    },
    delivery: async ({ delivery }, who) => withActions(deliveryOf(world, delivery), who),
    migrations: async ({ environment, release }) =>
      migrationsOf(known(environment), releaseFor(world, environment, release)),
    plan: async ({ environment, release }) => ({
      ...planOf(world, known(environment), releaseFor(world, environment, release)),
      gates: gatesOf(world, { environment, kind: 'deliver', emergency: false }),
    }),
    freezes: async ({ environment }) => freezesLeft(world, environment),
    releases: async ({ limit }) => newest(world.releases.values(), limit).map((one) => withPlaces(world, one)),
    release: async ({ release }) => withPlaces(world, found(world.releases.get(release), release)),
    diff: async ({ release, other }) => ({
      commits: [{ commit, subject: 'Show the borrower on a loan' }],
      changes: [
        {
          what: 'stamp',
          before: found(world.releases.get(release), release).content.stamp,
          after: found(world.releases.get(other), other).content.stamp,
        },
      ],
    }),
    secrets: async ({ environment }) => {
      const set = world.secrets.get(known(environment)) ?? new Map();
      return [...new Set(['jwt', ...set.keys()])].map((name) => ({ name, set: set.has(name), usedBy: ['backend'] }));
    },
    notifications: async ({ failed, limit }) => newest(notifications(world, failed), limit),
    tokens: async () => world.tokens.map(summaryOf),
    audit: async ({ since = 0, after = 0, subject, limit }) =>
      world.audit
        .filter((one) => one.at >= since && one.seq > after && (subject === undefined || one.subject === subject))
        .slice(-limit),
    auditVerification: async () => verification(world),
    events: (query, signal) => follow(world, query, signal),
    logs: (query, signal) => lastLines(known(query.environment), query, AbortSignal.any([signal, world.closed])),
  }) satisfies Partial<OpenedPlatform>;

const changing = (world: World) =>
  ({
    ship: async (input, who, key) => once(world, key, () => ship(world, who.name, input)),
    deliver: async ({ environment, release, wait, emergency, reason }, who, key) =>
      once(world, key, () => {
        const busy = environmentStatus(world, known(environment)).delivery;
        if (busy && !wait)
          throw new Failure('busy', `${environment} is held by ${busy.id}`, { hint: 'leave out --no-wait' });
        const chosen = releaseFor(world, environment, release);
        return ask(world, {
          environment,
          release: chosen,
          by: who.name,
          kind: 'deliver',
          climb: null,
          emergency,
          reason: reason ?? null,
        });
      }),
    approve: async ({ delivery, planHash, reason }, who) => {
      const asked = deliveryOf(world, delivery);
      const refusal = withActions(asked, who).actions.find(({ action }) => action === 'approve');
      if (!refusal?.allowed) throw new Failure('not-allowed', refusal?.because ?? `${delivery} cannot be approved`);
      if (planHash !== asked.planHash)
        throw new Failure('conflict', `the plan of ${delivery} has changed`, { hint: 'look at it again' });
      asked.approvals.push({ by: who.name, at: Date.now() });
      record(world, who.name, 'delivery.approved', delivery, reason ?? null);
      world.changes.emit('changed');
      return asked;
    },
    proceed: async ({ delivery, reason }, who) => {
      const asked = deliveryOf(world, delivery);
      record(world, who.name, 'delivery.let-go-on', delivery, reason ?? null);
      if (asked.state === 'held') setState(world, asked, 'running', null);
      return asked;
    },
    abort: async ({ delivery, reason }, who) => {
      const asked = deliveryOf(world, delivery);
      if (isEnded(asked) || asked.state === 'going-back') return asked;
      record(world, who.name, 'delivery.aborted', delivery, reason ?? null);
      setState(world, asked, asked.state === 'waiting' ? 'aborted' : 'going-back', `${who.name} aborted it`);
      return asked;
    },
    rollBack: async ({ environment, release, reason }, who) => {
      const before = release ?? world.lived.get(known(environment))?.at(-2);
      if (!before) throw new Failure('conflict', `${environment} has no release to go back to`);
      return ask(world, {
        environment,
        release: before,
        by: who.name,
        kind: 'roll-back',
        climb: null,
        reason: reason ?? null,
      });
    },
    migrate: async ({ environment, release, contract, reason }, who) =>
      ask(world, {
        environment: known(environment),
        release: releaseFor(world, environment, release),
        by: who.name,
        kind: contract ? 'contract' : 'migrate',
        climb: null,
        reason: reason ?? null,
      }),
    migrateDown: async ({ environment, release, reason }, who) =>
      ask(world, {
        environment: known(environment),
        release: releaseFor(world, environment, release),
        by: who.name,
        kind: 'migrate-down',
        climb: null,
        reason,
      }),
    freeze: async (input, who, key) => once(world, key, () => setFreeze(world, input, who.name)),
    unfreeze: async ({ environment, reason }, who) => endFreezes(world, environment, reason ?? null, who.name),
    database: async ({ environment }, who) => {
      record(world, who.name, 'database.address-asked', known(environment));
      const address = new URL(`postgres://127.0.0.1:1/${environment}`);
      return { url: Object.assign(address, { username: 'app', password: 'hidden' }).href };
    },
    setSecret: async ({ environment, secret, value }, who) => {
      world.secrets.get(known(environment))?.set(secret, value);
      record(world, who.name, 'secret.set', `${environment}/${secret}`);
      return { name: secret, set: true };
    },
    testNotifier: async (input) => testNotifier(input),
    createToken: async ({ name, role, days }, who) => createToken(world, { name, role, days, by: who.name }),
    revokeToken: async ({ token }, who) => revokeToken(world, token, who.name),
  }) satisfies Partial<OpenedPlatform>;

/** A key that was seen before answers what the first call answered. */
const once = <T>(world: World, key: string | undefined, act: () => T): T => {
  if (key === undefined) return act();
  if (!world.replies.has(key)) world.replies.set(key, act());
  // What is kept under a key is what the same call made.
  return world.replies.get(key) as T;
};

const newest = <T>(all: Iterable<T>, limit: number): T[] => [...all].reverse().slice(0, limit);

const found = <T>(thing: T | undefined, name: string): T => {
  if (thing === undefined) throw new Failure('not-found', `there is no ${name}`);
  return thing;
};

const deliveryOf = (world: World, id: DeliveryId): Delivery => found(world.deliveries.get(id), id);

const known = (environment: EnvironmentName): EnvironmentName => {
  if (path.includes(environment)) return environment;
  throw new Failure('not-found', `there is no environment ${environment}`, { hint: `the path is ${path.join(', ')}` });
};

const releaseFor = (world: World, environment: EnvironmentName, release: ReleaseId | undefined): ReleaseId => {
  const chosen = release ?? [...world.releases.keys()].at(-1);
  if (!chosen)
    throw new Failure('not-found', `there is no release that may go to ${environment}`, {
      hint: 'plumb ship makes one',
    });
  return found(world.releases.get(chosen), chosen).id;
};

const withPlaces = (world: World, release: Release): Release => ({
  ...release,
  liveIn: path.filter((environment) => liveIn(world, environment) === release.id),
});

const verification = (world: World) => {
  const edited = world.audit.filter((one) => one.hash !== hashOf(one));
  return {
    ok: edited.length === 0,
    records: world.audit.length,
    checkpoints: 0,
    findings: edited.map(({ seq }) => ({ seq, kind: 'edited', message: `record ${seq} was edited` })),
    unsealed: world.audit.length,
    lastCheckpoint: null,
    key: { path: '(none)', protectsAgainst: 'nothing: this record is in memory' },
  };
};
