import { type DeliveryKind, type DeliveryPlan, movesTraffic } from '@plumbline/contract/delivery';
import type { MigrationCheck } from '@plumbline/contract/migration-check';
import type { DeliveryId, ServiceName } from '@plumbline/contract/names';
import type { Release } from '@plumbline/contract/release';
import type { ServiceSpec } from '@plumbline/contract/service-spec';
import type { Settings } from '../environments/settings.ts';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { isFailure } from '../kernel/patience.ts';
import { planRollout } from '../rollout/plan.ts';
import { type RolloutOrder, walkOf } from '../rollout/walk.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { type DeliveryRow, deliveryById, setPlan, setStages } from './delivery-table.ts';
import { type EnvironmentRow, environmentOf } from './environment-table.ts';
import { approvalsNeededFor } from './gate-facts.ts';
import { judgeOf } from './judge.ts';
import { expectedStages, planOf } from './plan.ts';
import { planMigrations } from './plan-migrations.ts';
import { presentTraffic } from './present-traffic.ts';
import { releaseOf } from './release-table.ts';
import { storesOf } from './stages/migrations.ts';
import type { Underway } from './underway.ts';

export type Prepared =
  | { readonly kind: 'ready'; readonly underway: Underway }
  | { readonly kind: 'failed'; readonly because: string };

/** Reads the settings of this moment, makes the plan, and writes both down with the delivery. */
export const prepare = async (deps: DeliverDeps, id: DeliveryId, signal: AbortSignal): Promise<Prepared> => {
  try {
    return { kind: 'ready', underway: await prepareWhole(deps, id, signal) };
  } catch (error) {
    // A description that cannot be read or an artefact that is gone is an answer, not an accident.
    const isAnswer =
      isFailure(error) && !['database-unreachable', 'agent-unreachable', 'lease-lost', 'bug'].includes(error.code);
    if (isAnswer)
      return { kind: 'failed', because: `plan: ${error.message}${error.hint === undefined ? '' : `: ${error.hint}`}` };
    throw error;
  }
};

const prepareWhole = async (deps: DeliverDeps, id: DeliveryId, signal: AbortSignal): Promise<Underway> => {
  const row = await deliveryById(deps.database, id);
  const [release, environment] = await Promise.all([
    releaseOf(deps.database, row.release),
    environmentOf(deps.database, row.environment),
  ]);
  const made = await planDelivery(deps, { kind: row.kind, environment, release }, signal);
  const underway = {
    ...made.parts,
    id,
    kind: row.kind,
    climb: row.climb,
    askedBy: row.askedBy,
    reason: row.reason,
    emergency: row.emergency,
  };
  await writeDown(deps, row, underway, made.plan);
  return underway;
};

/** What is to be delivered where; a plan can be asked for without a delivery. */
export interface Asked {
  readonly kind: DeliveryKind;
  readonly environment: EnvironmentRow;
  readonly release: Release;
}

/** What a plan is made of, without who asked for it. */
export type Parts = Omit<Underway, 'id' | 'kind' | 'climb' | 'askedBy' | 'reason' | 'emergency'>;

/** The plan, and the parts that the stages work with: made by the code that will run them. */
export const planDelivery = async (
  deps: DeliverDeps,
  { kind, environment, release }: Asked,
  signal: AbortSignal,
): Promise<{ readonly plan: DeliveryPlan; readonly parts: Parts }> => {
  const name = environment.name;
  const [settings, folders] = await Promise.all([deps.settings(name, release), deps.unpack(release, signal)]);
  const order = orderOf(release, settings, environment);
  const strategy = kind === 'roll-back' ? 'blue-green' : settings.strategy;
  const steps = movesTraffic(kind) ? planRollout(strategy, order) : [];
  const walk = walkOf(order);
  const schema = await planMigrations(deps, { kind, environment, release, settings }, signal);
  const parts: Parts = {
    environment: name,
    release,
    settings,
    order,
    steps,
    candidate: walk.candidate,
    specs: { candidate: specsOf(release, settings, folders), live: environment.specs[walk.stable] },
    settleWithinMs: Math.min(settleWithinMs(release, environment), settings.timeouts.rolloutMs),
    rules: { verdictWithinMs: settings.verdict.withinMs, atDeadline: settings.verdict.atDeadline },
    judge: judgeOf(order, settings),
    pending: schema.names,
    contracts: schema.contracts,
    safety: await safetyOf(deps, { kind, environment, release, names: schema.names, folders }, signal),
  };
  const isJudged = environment.live !== null && steps.some(({ judged }) => judged);
  const traffic = isJudged ? await presentTraffic(deps, name, signal) : {};
  const plan = await planOf(deps.database, {
    ...parts,
    strategy,
    live: environment.live,
    traffic,
    notes: schema.notes,
  });
  return { plan, parts };
};

/** Nobody whose statements could fail runs before the first delivery, and going back changes no schema. */
const safetyOf = async (
  deps: DeliverDeps,
  asked: Asked & { readonly names: readonly string[]; readonly folders: Readonly<Record<ServiceName, string>> },
  signal: AbortSignal,
): Promise<MigrationCheck | null> => {
  const { kind, environment, release, names, folders } = asked;
  const { migrations } = release.content;
  const folder = migrations?.kind === 'knex' ? folders[migrations.service] : undefined;
  if (environment.live === null || names.length === 0 || kind === 'migrate-down' || folder === undefined) return null;
  const stores = await storesOf(deps, environment.name, release.content, signal);
  return deps.migrations.check({ release, folder, stores, names }, signal);
};

const orderOf = (release: Release, settings: Settings, environment: EnvironmentRow): RolloutOrder => {
  const { services } = release.content;
  return {
    release: release.id,
    replicas: settings.replicas,
    routed: services.filter(({ route }) => route !== null).map(({ name }) => name),
    withAssets: services.filter(({ assets }) => assets !== null).map(({ name }) => name),
    present: environment.shape,
    canary: settings.canary,
  };
};

const specsOf = (
  release: Release,
  settings: Settings,
  folders: Readonly<Record<ServiceName, string>>,
): readonly ServiceSpec[] =>
  release.content.services.map(({ alias: _, artefact: __, version: ___, variables, ...service }) => {
    const here = Object.entries(settings.variables[service.name] ?? {});
    const written = Object.fromEntries(here.map(([name, value]) => [name, { from: 'value' as const, value }]));
    return { ...service, folder: folders[service.name] ?? '', variables: { ...variables, ...written } };
  });

/** A step may take as long as the slowest start and the slowest drain together, and a little for the rest. */
const settleWithinMs = (release: Release, environment: EnvironmentRow): number => {
  const slowest = (pick: (one: { startWithinMs: number; drainWithinMs: number }) => number) =>
    Math.max(
      ...[...release.content.services, ...(environment.specs.blue ?? []), ...(environment.specs.green ?? [])].map(pick),
    );
  return slowest((one) => one.startWithinMs) + slowest((one) => one.drainWithinMs) + 15_000;
};

const writeDown = async (
  deps: DeliverDeps,
  row: DeliveryRow,
  underway: Underway,
  plan: DeliveryPlan,
): Promise<void> => {
  const hash = sha256(canonicalJson(plan));
  await deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    const approvalsNeeded = approvalsNeededFor(row, underway.settings);
    await setPlan(tx, row.id, { plan, hash, approvalsNeeded, settings: underway.settings });
    await setStages(tx, row.id, await expectedStages(tx, row.environment, row.stages, plan));
    await deps.record(tx, {
      who: row.askedBy,
      what: 'delivery.planned',
      subject: row.id,
      why: null,
      detail: {
        plan: hash,
        settings: plan.settings,
        steps: plan.steps.map(({ name }) => name),
        migrations: plan.migrations,
      },
      key: `${row.id}/planned`,
    });
  });
};
