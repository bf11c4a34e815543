import type { ServiceName, StoreName } from '@plumbline/contract/names';
import type { Description } from '../environments/description.ts';
import type { Environment } from '../environments/environment.ts';
import { namedEntries } from '../environments/named.ts';
import type { Settings } from '../environments/settings.ts';
import { databasesOf } from '../environments/stores.ts';
import { databaseMemoryGib, machineNamed } from './machines.ts';
import type { Place } from './renderer.ts';
import { resourcesOf } from './resources.ts';

/** What one node has for an environment's own pods. */
export interface NodeRoom {
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly pods: number;
}

/**
 * What runs on every node besides: network, storage and identity agents, mesh, log shipper, monitoring agent. The sum of
 * their requests, as the cluster's add-ons set them.
 */
const onEveryNode = { cpuMillis: 500, memoryMib: 768, pods: 8 } as const;

/** Of a machine's memory, in percent, that the hypervisor and the kernel keep (Karpenter's vmMemoryOverheadPercent). */
const overheadPercent = 7.5;

/** Memory below which the kubelet evicts pods, in MiB. */
const evictionMib = 100;

/** What is left on a machine; undefined for an unknown one. Reserved shares: nodeadm of the EKS AMI. */
export const roomOn = (instanceType: string): NodeRoom | undefined => {
  const machine = machineNamed(instanceType);
  if (!machine) return undefined;
  const memory = Math.floor(machine.memoryGib * 1024 * (1 - overheadPercent / 100));
  return {
    cpuMillis: machine.cpus * 1000 - kubeletCpuMillis(machine.cpus) - onEveryNode.cpuMillis,
    memoryMib: memory - (11 * machine.maxPods + 255) - evictionMib - onEveryNode.memoryMib,
    pods: machine.maxPods - onEveryNode.pods,
  };
};

/** 6 % of the first CPU, 1 % of the second, 0.5 % of the next two, 0.25 % of all others. */
const kubeletCpuMillis = (cpus: number): number =>
  Math.ceil(
    [...Array(cpus).keys()].map((index) => [60, 10, 5, 5][index] ?? 2.5).reduce((sum, millis) => sum + millis, 0),
  );

/** What every one of the machines has at least. */
export const leastRoom = (instanceTypes: readonly string[]): NodeRoom | undefined => {
  const rooms = instanceTypes.map(roomOn);
  return rooms.reduce<NodeRoom | undefined>(
    (least, room) => (least && room ? smaller(least, room) : undefined),
    rooms[0],
  );
};

const smaller = (one: NodeRoom, other: NodeRoom): NodeRoom => ({
  cpuMillis: Math.min(one.cpuMillis, other.cpuMillis),
  memoryMib: Math.min(one.memoryMib, other.memoryMib),
  pods: Math.min(one.pods, other.pods),
});

/** Every strategy has at most both slots full, and one replica more while it goes from one to the next. */
export const slots = 2;
export const surge = 1;

/** What a service comes to when the autoscaler has no replica left to add. */
export interface Load {
  readonly maxReplicas: number;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** Connections to databases that one replica may hold: its pool, and what it holds beside. */
  readonly connections: number;
}

/** What each service asks for at its most. */
export const loadOf = (
  app: Description,
  environment: Environment,
  settings: Settings,
  pool: number,
): Readonly<Record<ServiceName, Load>> =>
  Object.fromEntries(
    namedEntries(app.services).map(([name, service]) => {
      const { cpuRequestMillis, memoryRequestBytes } = resourcesOf({ description: app, environment }, name);
      const load: Load = {
        maxReplicas: settings.scaling?.max ?? settings.replicas[name] ?? 0,
        cpuMillis: cpuRequestMillis,
        memoryMib: Math.ceil(memoryRequestBytes / 1024 ** 2),
        connections: databasesOf(app, service).reduce(
          (sum, store) => sum + pool + (app.stores[store]?.beside_pool ?? 0),
          0,
        ),
      };
      return [name, load];
    }),
  );

/** What the services that need one database ask for, with their connections to that one alone. */
export const loadsOn = (place: Place, store: StoreName): Readonly<Record<ServiceName, Load>> => {
  const { description: app, environment, settings, infrastructure } = place;
  const { pool } = infrastructure.database;
  const connections = pool + (app.stores[store]?.beside_pool ?? 0);
  const all = namedEntries<ServiceName, Load>(loadOf(app, environment, settings, pool));
  const users = all.filter(([service]) => app.services[service]?.needs.includes(store));
  return Object.fromEntries(users.map(([service, load]) => [service, { ...load, connections }]));
};

/** Pods of a service at its most. */
export const podsOf = ({ maxReplicas }: Load): number => (maxReplicas + surge) * slots;

/** Pods of a service that one node can hold. */
export const podsPerNode = ({ cpuMillis, memoryMib }: Load, room: NodeRoom): number =>
  Math.max(0, Math.floor(Math.min(room.cpuMillis / cpuMillis, room.memoryMib / memoryMib, room.pods)));

/** Nodes that hold all of it: whole pods on whole nodes, no service counted on to fill another's gaps (E2-2). */
export const nodesNeeded = (loads: Readonly<Record<ServiceName, Load>>, room: NodeRoom): number =>
  Object.values<Load>(loads)
    .map((load) => Math.ceil(podsOf(load) / podsPerNode(load, room)))
    .reduce((sum, nodes) => sum + nodes, 0);

/** (maximum replicas + surge) × slots × connections of every service, and the reserve (E10-4). */
export const connectionsNeeded = (loads: Readonly<Record<ServiceName, Load>>, reserve: number): number =>
  Object.values<Load>(loads).reduce((sum, load) => sum + podsOf(load) * load.connections, reserve);

const mib = 1024 ** 2;

/**
 * `max_connections` that RDS gives PostgreSQL: LEAST(DBInstanceClassMemory / 9531392, 5000), where the memory is what RDS's own
 * processes leave: at least 288 MiB less than is sold, or 8 %. (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html.)
 * A db.t4g.micro comes to 80, as it does there. Undefined for an unknown machine.
 */
export const maxConnectionsOf = (instanceType: string): number | undefined => {
  const gib = databaseMemoryGib(instanceType);
  if (gib === undefined) return undefined;
  const memory = gib * 1024 * mib;
  return Math.min(5000, Math.floor((memory - Math.max(288 * mib, 0.08 * memory)) / 9_531_392));
};
