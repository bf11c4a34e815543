import type { Observation } from '@plumbline/contract/agent';
import { type AllowedAction, type Delivery, waitsForAPerson } from '@plumbline/contract/delivery';
import type { Identity } from '@plumbline/contract/identity';
import type { EnvironmentName } from '@plumbline/contract/names';
import { routes } from '@plumbline/contract/routes';
import type { EnvironmentStatus, Waiting } from '@plumbline/contract/status';
import type { Freeze } from '../freezes/freeze.ts';
import type { Database } from '../kernel/database.ts';
import { isFailure } from '../kernel/patience.ts';
import type { Target } from '../targets/target.ts';
import { whyNotRole } from './allowed.ts';
import { movingDeliveries } from './delivery-table.ts';
import { type EnvironmentRow, environmentOf } from './environment-table.ts';
import { frozenNow, showFrozen } from './frozen.ts';
import { releaseOf } from './release-table.ts';
import { showDelivery } from './show.ts';

export interface StatusDeps {
  readonly database: Database;
  readonly target: Target;
}

/** An environment as it is described. */
export interface Place {
  readonly name: EnvironmentName;
  /** On the path, from 0. */
  readonly position: number;
  readonly freezes: readonly Freeze[];
}

/** One environment as the one who asks sees it: what is live, how it does, what moves, and what they may do. */
export const environmentStatus = async (
  deps: StatusDeps,
  { name, position, freezes }: Place,
  who: Identity,
  signal: AbortSignal,
): Promise<EnvironmentStatus> => {
  const row = await environmentOf(deps.database, name);
  const [live, seen, deliveries, frozen] = await Promise.all([
    row.live ? releaseOf(deps.database, row.live) : null,
    observe(deps, name, signal),
    movingDeliveries(deps.database, name),
    frozenNow(deps.database, name, freezes, Date.now()),
  ]);
  const shown = await Promise.all(deliveries.map((one) => showDelivery(deps.database, one, who)));
  return {
    name,
    position,
    live: row.live,
    liveSince: row.live_since,
    marks: live?.marks ?? [],
    commit: live?.commit ?? null,
    ...healthOf(row, seen),
    delivery: shown.find((one) => one.state !== 'waiting') ?? null,
    queued: shown.find((one) => one.state === 'waiting') ?? null,
    frozen: frozen && showFrozen(frozen, name),
    actions: actionsOn(name, row, who),
  };
};

/** What waits for a person, of all that moves. */
export const waitingFor = (deliveries: readonly Delivery[]): readonly Waiting[] =>
  deliveries.filter(waitsForAPerson).map((one) => {
    const isHeld = one.state === 'held';
    const stage = one.stages.find(({ name }) => name === (isHeld ? 'rollout' : 'gates'));
    return {
      what: `${one.id}: ${one.release} to ${one.environment}${isHeld ? `, held at ${one.heldAt}` : ''}`,
      since: stage?.startedAt ?? one.askedAt,
      forWhom: (isHeld ? one.because : one.gates.find(({ kind }) => kind === 'waiting')?.because) ?? 'an approver',
      command: `plumb ${isHeld ? 'proceed' : 'approve'} ${one.id}`,
    };
  });

type Health = Pick<
  EnvironmentStatus,
  'health' | 'because' | 'replicas' | 'stores' | 'addresses' | 'requests' | 'errors'
>;

const healthOf = (row: EnvironmentRow, seen: Observation | string): Health => {
  const nothing = { replicas: [], stores: [], addresses: null, requests: 0, errors: 0 };
  if (typeof seen === 'string') return { ...nothing, health: 'unknown', because: seen };
  const live = row.live;
  const counts = Object.values(live === null ? {} : (seen.counts[live] ?? {}));
  const replicas = replicasOf(seen);
  return {
    replicas,
    stores: seen.stores.map(({ name, state, because }) => ({ name, state, because })),
    addresses: seen.addresses,
    requests: counts.reduce((sum, one) => sum + one.requests, 0),
    errors: counts.reduce((sum, one) => sum + one.errors, 0),
    ...judge(seen, replicas),
  };
};

const replicasOf = (seen: Observation): EnvironmentStatus['replicas'] => {
  const content =
    seen.shape && (seen.shape.slots[seen.shape.stable] ?? Object.values(seen.shape.slots).find((one) => one !== null));
  return Object.entries(content?.replicas ?? {}).map(([service, wanted]) => ({
    service,
    wanted,
    ready: seen.replicas.filter(
      (one) => one.service === service && one.release === content?.release && one.state === 'ready',
    ).length,
  }));
};

const judge = (seen: Observation, replicas: EnvironmentStatus['replicas']): Pick<Health, 'health' | 'because'> => {
  if (replicas.length === 0) return { health: 'empty', because: 'nothing was delivered yet' };
  const down = replicas.find((one) => one.ready === 0 && one.wanted > 0);
  const short = replicas.find((one) => one.ready < one.wanted);
  const store = seen.stores.find((one) => one.state === 'down' || one.state === 'starting');
  if (down) return { health: 'down', because: `no replica of ${down.service} is ready` };
  if (store) return { health: 'degraded', because: `${store.name} is ${store.state}` };
  return short
    ? { health: 'degraded', because: `${short.ready} of ${short.wanted} replicas of ${short.service} are ready` }
    : { health: 'healthy', because: null };
};

const actionsOn = (name: EnvironmentName, row: EnvironmentRow, who: Identity): AllowedAction[] => {
  const nothing = row.live === null ? `nothing is live in ${name}` : null;
  const back = whyNotRole(routes.rollBack.roles, who) ?? nothing;
  const deliver = whyNotRole(routes.deliver.roles, who);
  const freeze = whyNotRole(routes.freeze.roles, who);
  const unfreeze = whyNotRole(routes.unfreeze.roles, who);
  return [
    { action: 'roll-back', allowed: back === null, because: back, command: `plumb rollback ${name}` },
    { action: 'deliver', allowed: deliver === null, because: deliver, command: `plumb deliver ${name}` },
    {
      action: 'freeze',
      allowed: freeze === null,
      because: freeze,
      command: `plumb freeze ${name} --until 2h --reason TEXT`,
    },
    { action: 'unfreeze', allowed: unfreeze === null, because: unfreeze, command: `plumb unfreeze ${name}` },
  ];
};

/** The observation, or why there is none: a status is given also while the agent is away. */
const observe = async (deps: StatusDeps, name: EnvironmentName, signal: AbortSignal): Promise<Observation | string> => {
  try {
    return await deps.target.observe(name, { signal });
  } catch (error) {
    if (!isFailure(error) || (error.code !== 'agent-unreachable' && error.code !== 'not-found')) throw error;
    return error.code === 'not-found' ? 'nothing was delivered yet' : error.message;
  }
};
