import type { AllowedAction, Delivery } from '@plumbline/contract/delivery';
import type { Identity } from '@plumbline/contract/identity';
import { appName, type EnvironmentName } from '@plumbline/contract/names';
import type { EnvironmentStatus, Status } from '@plumbline/contract/status';
import { isEnded } from './memory-delivery.ts';
import { frozenNow } from './memory-freeze.ts';
import { liveIn, path, type World } from './memory-world.ts';

export const statusOf = (world: World): Status => ({
  app: appName.parse('connect2'),
  folder: '/home/ada/connect2',
  version: '0.1.0',
  controlPlane: { instance: 'memory', startedAt: world.startedAt, others: [] },
  environments: path.map((environment) => environmentStatus(world, environment)),
  climb: [...world.climbs.values()].at(-1) ?? null,
  waiting: [...world.deliveries.values()]
    .filter(({ state }) => state === 'awaiting-approval')
    .map(({ id, askedAt }) => ({
      what: `${id} waits for 1 approval`,
      since: askedAt,
      forWhom: 'an approver other than who asked',
      command: `plumb approve ${id}`,
    })),
  notes: ['the cache is off: redis-server was not found'],
  logIns: [{ user: 'ada@example.com', password: 'builder' }],
  audit: { records: world.audit.length, sealed: 0 },
});

export const environmentStatus = (world: World, name: EnvironmentName): EnvironmentStatus => {
  const live = liveIn(world, name);
  const deliveries = [...world.deliveries.values()].filter((one) => one.environment === name && !isEnded(one));
  return {
    name,
    position: path.indexOf(name),
    live,
    liveSince: live && world.startedAt,
    marks: [],
    commit: (live && world.releases.get(live)?.commit) ?? null,
    health: live ? 'healthy' : 'empty',
    because: null,
    replicas: live ? [{ service: 'backend', ready: 2, wanted: 2 }] : [],
    stores: [],
    addresses: {
      name: `http://${name}.localhost:8080`,
      plain: `http://127.0.0.1:80${path.indexOf(name)}`,
      candidate: '',
    },
    requests: 0,
    errors: 0,
    delivery: deliveries.find(({ state }) => state !== 'waiting') ?? null,
    queued: deliveries.find(({ state }) => state === 'waiting') ?? null,
    frozen: frozenNow(world, name),
    actions: [],
  };
};

/** A delivery with what may be done to it, by the one who looks. */
export const withActions = (delivery: Delivery, who?: Identity): Delivery => ({
  ...delivery,
  actions: [approval(delivery, who), abortion(delivery)],
});

const approval = ({ id, state, askedBy }: Delivery, who: Identity | undefined): AllowedAction => {
  const because =
    state !== 'awaiting-approval'
      ? `${id} does not wait for an approval: it is ${state}`
      : who?.name === askedBy
        ? `${askedBy} asked for this delivery; ask another approver`
        : null;
  return { action: 'approve', allowed: because === null, because, command: `plumb approve ${id}` };
};

const abortion = (delivery: Delivery): AllowedAction => ({
  action: 'abort',
  allowed: !isEnded(delivery),
  because: isEnded(delivery) ? `${delivery.id} has ended` : null,
  command: `plumb abort ${delivery.id}`,
});
