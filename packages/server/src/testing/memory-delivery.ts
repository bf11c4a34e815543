import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Delivery,
  type DeliveryPlan,
  endedStates,
  type GateAnswer,
  stageNamesOf,
} from '@plumbline/contract/delivery';
import { type ClimbId, deliveryId, type EnvironmentName, type ReleaseId } from '@plumbline/contract/names';
import { frozenNow } from './memory-freeze.ts';
import { lastEnvironment, liveIn, record, tell, until, type World } from './memory-world.ts';

/** A release with such a stamp fails its smoke test, so that tests can see a delivery go back. */
export const brokenStamp = 'broken';

export interface Asked {
  readonly environment: EnvironmentName;
  readonly release: ReleaseId;
  readonly by: string;
  readonly kind: Delivery['kind'];
  readonly climb: ClimbId | null;
  readonly reason: string | null;
  readonly emergency?: boolean;
}

export const isEnded = ({ state }: Pick<Delivery, 'state'>): boolean => endedStates.includes(state);

/** Writes a delivery down and sets it going; the newest one waiting for an environment supersedes the one before. */
export const ask = (world: World, asked: Asked): Delivery => {
  const plan = planOf(world, asked.environment, asked.release);
  const delivery: Delivery = {
    id: deliveryId.parse(`d-${world.deliveries.size + 1}`),
    kind: asked.kind,
    environment: asked.environment,
    release: asked.release,
    from: plan.from,
    climb: asked.climb,
    state: 'waiting',
    because: null,
    heldAt: null,
    askedBy: asked.by,
    askedAt: Date.now(),
    reason: asked.reason,
    emergency: asked.emergency ?? false,
    startedAt: null,
    endedAt: null,
    plan,
    planHash: createHash('sha256').update(JSON.stringify(plan)).digest('hex'),
    approvals: [],
    approvalsNeeded: asked.kind === 'deliver' && asked.environment === lastEnvironment ? 1 : 0,
    gates: [],
    stages: stageNamesOf(asked.kind).map((name) => ({
      name,
      state: 'pending',
      startedAt: null,
      endedAt: null,
      expectedMs: 20,
      because: null,
    })),
    actions: [],
  };
  supersede(world, delivery);
  world.deliveries.set(delivery.id, delivery);
  record(world, asked.by, 'delivery.asked', delivery.id, asked.reason);
  void run(world, delivery);
  return delivery;
};

export const planOf = (world: World, environment: EnvironmentName, release: ReleaseId): DeliveryPlan => {
  const content = { release, replicas: { backend: 2 } };
  return {
    environment,
    release,
    from: liveIn(world, environment),
    strategy: 'rolling',
    steps: [
      {
        name: 'promote',
        shape: { stable: 'blue', slots: { blue: content, green: null }, candidateWeightPercent: 0 },
        because: 'the release is verified: it is stable now',
        expectedMs: 20,
        requestsNeeded: null,
        verdictMs: null,
        pause: false,
      },
    ],
    migrations: [],
    contracts: [],
    bakeMs: 0,
    wayBack: { expectedMs: 20, how: 'a walk the other way' },
    expectedMs: 140,
    warnings: [],
    settings: `sha256:${'0'.repeat(64)}`,
  };
};

export const setState = (world: World, delivery: Delivery, state: Delivery['state'], because: string | null): void => {
  delivery.state = state;
  delivery.because = because;
  if (isEnded(delivery)) delivery.endedAt = Date.now();
  const { id, environment, climb } = delivery;
  tell(world, {
    kind: 'state',
    delivery: id,
    environment,
    climb,
    state,
    text: `${id} is ${state}${because ? `: ${because}` : ''}`,
  });
};

const supersede = (world: World, newer: Delivery): void => {
  for (const older of world.deliveries.values()) {
    if (
      older.environment !== newer.environment ||
      (older.state !== 'waiting' && older.state !== 'awaiting-approval' && older.state !== 'held')
    )
      continue;
    setState(world, older, 'superseded', `${newer.id} is newer`);
  }
};

const run = async (world: World, delivery: Delivery): Promise<void> => {
  const isFree = () => ![...world.deliveries.values()].some((other) => holds(other, delivery));
  if (!(await until(world, () => isEnded(delivery) || isFree(), world.closed)) || isEnded(delivery)) return;
  delivery.startedAt = Date.now();
  setState(world, delivery, 'running', null);
  for (const stage of delivery.stages) {
    stage.state = 'running';
    stage.startedAt = Date.now();
    tell(world, { ...of(delivery), kind: 'stage', stage: stage.name, state: 'running', text: 'begins' });
    const failure = await (stage.name === 'gates' ? gates(world, delivery) : work(world, delivery, stage.name));
    if (world.closed.aborted || isEnded(delivery)) return;
    stage.endedAt = Date.now();
    stage.state = failure === null ? 'done' : 'failed';
    tell(world, {
      ...of(delivery),
      kind: 'stage',
      stage: stage.name,
      state: stage.state,
      text: stage.state,
    });
    if (failure !== null)
      return setState(world, delivery, delivery.state === 'going-back' ? 'aborted' : 'failed', failure);
  }
  world.lived.get(delivery.environment)?.push(delivery.release);
  record(world, 'plumbline', 'delivery.succeeded', delivery.id);
  setState(world, delivery, 'succeeded', null);
};

const holds = (other: Delivery, delivery: Delivery): boolean =>
  other !== delivery && other.environment === delivery.environment && other.state !== 'waiting' && !isEnded(other);

const of = ({ id, environment, climb }: Delivery) => ({ delivery: id, environment, climb });

const gates = async (world: World, delivery: Delivery): Promise<string | null> => {
  const lacks = () => delivery.approvals.length < delivery.approvalsNeeded;
  delivery.gates = gatesOf(world, delivery);
  if (lacks()) setState(world, delivery, 'awaiting-approval', 'production needs 1 approval');
  await until(world, () => !lacks() || delivery.state !== 'awaiting-approval', world.closed);
  const holds = () => delivery.gates.find(({ open }) => !open);
  const held = holds();
  if (held && !stops(delivery)) setState(world, delivery, 'held', held.because);
  const goesOn = () => {
    delivery.gates = gatesOf(world, delivery);
    return holds() === undefined || delivery.state !== 'held';
  };
  await until(world, goesOn, world.closed);
  if (delivery.state === 'going-back') return delivery.because;
  if (!isEnded(delivery) && delivery.state !== 'running') setState(world, delivery, 'running', null);
  return null;
};

const stops = (delivery: Delivery): boolean => delivery.state === 'going-back' || isEnded(delivery);

/** What the freeze gate says; the others are open here. */
export const gatesOf = (
  world: World,
  { environment, kind, emergency }: Pick<Delivery, 'environment' | 'kind' | 'emergency'>,
): GateAnswer[] => {
  const frozen = frozenNow(world, environment);
  const passes = frozen === null || kind === 'roll-back' || emergency;
  const because = frozen?.because ?? `${environment} is not frozen`;
  return [{ gate: 'freeze', open: passes, kind: passes ? 'open' : 'waiting', because }];
};

const work = async (world: World, delivery: Delivery, stage: string): Promise<string | null> => {
  await sleep(world.stageMs);
  if (delivery.state === 'going-back') return delivery.because;
  const stamp = world.releases.get(delivery.release)?.content.stamp ?? '';
  return stage === 'smoke' && stamp?.startsWith(brokenStamp) ? 'GET / answered 500, expected 200' : null;
};
