import type { StrategyName } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Role } from '@plumbline/contract/identity';
import type { EnvironmentName, ServiceName } from '@plumbline/contract/names';
import type { Freeze } from '../freezes/freeze.ts';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import type { CanaryOrder } from '../rollout/walk.ts';
import { canaryOrder, type VerdictSettings, verdictSettings } from './canary.ts';
import type { Description } from './description.ts';
import { suggestion } from './did-you-mean.ts';
import { durationMs } from './duration.ts';
import type { Environment } from './environment.ts';
import { readFreeze } from './freeze.ts';
import { namedEntries } from './named.ts';
import { below, isFirst, isLast } from './order.ts';
import type { Described } from './read.ts';

export interface VerifyCommand {
  readonly run: readonly string[];
  /** From the app's folder. */
  readonly directory: string;
  /** Null: `npm ci` where the directory has a package-lock.json. */
  readonly install: readonly string[] | null;
}

/** What an environment's files come to on one target: every default applied, every time in milliseconds. */
export interface Settings {
  readonly environment: EnvironmentName;
  readonly target: 'local' | 'kubernetes';
  /** The environment that a release must have been verified in before; null for the first of the path. */
  readonly below: EnvironmentName | null;
  /** Host names that visitors use, beside the ones that the target gives. */
  readonly hosts: readonly string[];
  readonly strategy: StrategyName;
  readonly canary: CanaryOrder;
  readonly verdict: VerdictSettings;
  readonly replicas: Readonly<Record<ServiceName, number>>;
  /** Null: replicas do not follow the load. */
  readonly scaling: { readonly min: number; readonly max: number } | null;
  readonly approvals: {
    readonly count: number;
    readonly roles: readonly Role[];
    readonly self: boolean;
    /** How long a delivery waits for them, and how long one that was given counts. */
    readonly expiresMs: number;
  };
  readonly freezes: readonly Freeze[];
  /** Whether a freeze that begins in the middle holds the delivery where it is. */
  readonly gatesBeforeEachStep: boolean;
  readonly timeouts: {
    readonly migrationsMs: number;
    readonly statementMs: number;
    readonly rolloutMs: number;
    readonly smokeMs: number;
    readonly verifyMs: number;
  };
  readonly bakeMs: number;
  /** How long after a delivery one may have to go back, and nothing is taken from the schema. */
  readonly goBackForMs: number;
  readonly verify: readonly VerifyCommand[];
  readonly seed: boolean;
  /** Values of this environment in place of the release's, by service. */
  readonly variables: Readonly<Record<ServiceName, Readonly<Record<string, string>>>>;
  readonly backupRetentionMs: number;
  readonly disasterRecovery: boolean;
  /** 64 hexadecimal digits over all of the above. */
  readonly digest: string;
}

/** The settings of one environment on a target. Throws `not-found` for an environment that is not described. */
export const settingsOf = (described: Described, name: EnvironmentName, target: Settings['target']): Settings => {
  const found = described.environments.find(({ environment }) => environment === name);
  if (!found) throw unknownEnvironment(described, name);
  const merged = target === 'local' ? withLocal(found) : found;
  const settings = resolve(described.description, merged, target);
  return { ...settings, digest: sha256(canonicalJson(settings)) };
};

const unknownEnvironment = ({ environments }: Described, name: string): Failure => {
  const known = environments.map(({ environment }) => environment);
  return new Failure('not-found', `there is no environment "${name}"${suggestion(name, known)}`);
};

/** The environment with what its `local` says otherwise. How long it bakes in the cloud says nothing of a laptop. */
const withLocal = (one: Environment): Environment => ({
  ...one,
  bake: one.local.bake,
  go_back_for: one.local.go_back_for,
  strategy: one.local.strategy ?? one.strategy,
  canary: one.local.canary ?? one.canary,
  verdict: { ...one.verdict, ...one.local.verdict },
  approvals: { ...one.approvals, ...one.local.approvals },
  timeouts: { ...one.timeouts, ...one.local.timeouts },
  freezes: one.local.freezes ?? one.freezes,
  verify: one.local.verify ?? one.verify,
  seed: one.local.seed ?? one.seed,
});

const resolve = (app: Description, one: Environment, target: Settings['target']): Omit<Settings, 'digest'> => {
  const { environment: name, timeouts = {} } = one;
  const milliseconds = (written: string | 0 | undefined, otherwise: string) => durationMs(written ?? otherwise);
  return {
    environment: name,
    target,
    below: below(app.path, name) ?? null,
    hosts: hostsOf(app, one),
    strategy: one.strategy ?? 'rolling',
    canary: canaryOrder(one.canary),
    verdict: verdictSettings(one.verdict, isLast(app.path, name)),
    replicas: replicasOf(app, one, target),
    scaling: scalingOf(one, target),
    approvals: approvalsOf(app, one),
    freezes: freezesOf(one),
    gatesBeforeEachStep: one.gates_before_each_step ?? isLast(app.path, name),
    timeouts: {
      migrationsMs: milliseconds(timeouts.migrations, '10m'),
      statementMs: milliseconds(timeouts.statement, '5m'),
      rolloutMs: milliseconds(timeouts.rollout, '10m'),
      smokeMs: milliseconds(timeouts.smoke, '1m'),
      verifyMs: milliseconds(timeouts.verify, '10m'),
    },
    bakeMs: durationMs(one.bake ?? byPosition(bakes, app, name, target)),
    goBackForMs: durationMs(one.go_back_for ?? byPosition(goBacks, app, name, target)),
    verify: one.verify.map(({ run, in: directory, install }) => ({ run, directory, install: install ?? null })),
    seed: one.seed ?? (app.seed !== undefined && app.path.length > 1 && isFirst(app.path, name)),
    variables: variablesOf(one),
    backupRetentionMs: milliseconds(one.backup_retention, '7 days'),
    disasterRecovery: one.disaster_recovery === 'enabled',
  };
};

const hostsOf = (app: Description, { domain, environment }: Environment): readonly string[] => {
  if (domain !== undefined) return [domain];
  if (app.domain === undefined) return [];
  return [isLast(app.path, environment) ? app.domain : `${environment}.${app.domain}`];
};

const defaultReplicas = 2;

const replicasOf = (app: Description, one: Environment, target: Settings['target']): Settings['replicas'] => {
  const { replicas } = one.local;
  const here = (service: ServiceName) =>
    (typeof replicas === 'object' ? replicas[service] : replicas) ?? defaultReplicas;
  const count = (service: ServiceName) => (target === 'local' ? here(service) : (one.replica_count ?? defaultReplicas));
  return Object.fromEntries(namedEntries(app.services).map(([service]) => [service, count(service)]));
};

/** One machine has no more room for more replicas: the local target's autoscaling is off. */
const scalingOf = (one: Environment, target: Settings['target']): Settings['scaling'] => {
  if (target === 'local' || one.auto_scaling !== 'enabled') return null;
  const count = one.replica_count ?? defaultReplicas;
  const min = one.min_replicas ?? count;
  return { min, max: one.max_replicas ?? Math.max(min, 3 * count) };
};

const approvalsOf = (app: Description, { environment, approvals = {} }: Environment): Settings['approvals'] => ({
  count: approvals.count ?? (isLast(app.path, environment) ? 1 : 0),
  roles: approvals.roles ?? ['approver', 'admin'],
  self: approvals.self ?? false,
  expiresMs: durationMs(approvals.expires ?? '1 day'),
});

/** What `checkFreezes` has let through can be read. */
const freezesOf = ({ environment, freezes }: Environment): readonly Freeze[] =>
  freezes.flatMap((written) => {
    const { name, reason, zone } = written;
    const when = readFreeze(written);
    return 'wrong' in when ? [] : [{ name, reason, zone, when, by: `environments/${environment}.yaml` }];
  });

const bakes = {
  local: { first: 0, between: '10s', last: '15s' },
  kubernetes: { first: 0, between: '3m', last: '5m' },
} as const;

const goBacks = {
  local: { first: 0, between: '1m', last: '10m' },
  kubernetes: { first: 0, between: '1h', last: '1 day' },
} as const;

/** On a path of one, its only environment is the one that users see. */
const byPosition = (
  durations: typeof bakes | typeof goBacks,
  app: Description,
  name: EnvironmentName,
  target: Settings['target'],
): string | 0 => {
  if (isLast(app.path, name)) return durations[target].last;
  return isFirst(app.path, name) ? durations[target].first : durations[target].between;
};

const variablesOf = (one: Environment): Settings['variables'] =>
  Object.fromEntries(
    namedEntries(one.variables).map(([service, variables]) => [
      service,
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    ]),
  );
