import type { ServiceName, StoreName } from '@plumbline/contract/names';
import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, type Located } from '../environments/located.ts';
import { namedEntries } from '../environments/named.ts';
import {
  connectionsNeeded,
  type Load,
  leastRoom,
  loadOf,
  loadsOn,
  maxConnectionsOf,
  type NodeRoom,
  nodesNeeded,
  podsPerNode,
  slots,
  surge,
} from './capacity.ts';
import type { Place } from './renderer.ts';
import { machineOf } from './store-machine.ts';

type One = Located<Environment>;

/** Whether all replicas at their most have room on the nodes, and connections to the databases (E2-2, E10-4). */
export const checkCapacity = (one: One, place: Place): readonly Finding[] => [
  ...checkNodes(one, place),
  ...namedEntries(place.description.stores).flatMap(([name, { kind }]) =>
    kind === 'postgres' ? checkConnections(one, place, name) : [],
  ),
];

const loadsOf = ({ description, environment, settings, infrastructure }: Place) =>
  loadOf(description, environment, settings, infrastructure.database.pool);

const checkNodes = (one: One, place: Place): readonly Finding[] => {
  const { min, max, instanceTypes } = place.infrastructure.cluster.nodes;
  const room = leastRoom(instanceTypes);
  if (!room) return [];
  if (min > max)
    return [errorAt(one, ['infrastructure', 'cluster', 'nodes', 'min'], `min ${min} is more than max ${max}`)];
  const loads = loadsOf(place);
  const tooLarge = namedEntries<ServiceName, Load>(loads).flatMap(([service, load]) =>
    podsPerNode(load, room) === 0 ? fitsNowhere(one, place, { service, load, room }) : [],
  );
  return tooLarge.length > 0 ? tooLarge : tooFewNodes(one, place, nodesNeeded(loads, room));
};

const tooFewNodes = (one: One, place: Place, needed: number): readonly Finding[] => {
  const { max } = place.infrastructure.cluster.nodes;
  return needed <= max
    ? []
    : [
        errorAt(
          one,
          ['infrastructure', 'cluster', 'nodes', 'max'],
          `all replicas at their most, ${slots} slots of each service with ${surge} to spare, need ${needed} nodes, and there are at most ${max}: raise max, take larger machines, or lower max_replicas (E2-2)`,
        ),
      ];
};

interface TooLarge {
  readonly service: ServiceName;
  readonly load: Load;
  readonly room: NodeRoom;
}

const fitsNowhere = (one: One, place: Place, { service, load, room }: TooLarge): readonly Finding[] => {
  const written = keyOf(place, service);
  const at = (field: 'cpu' | 'memory') => {
    const isRequested = written && place.environment.resources[written]?.requests?.[field] !== undefined;
    return ['resources', written ?? service, ...(isRequested ? ['requests'] : []), field];
  };
  const machines = place.infrastructure.cluster.nodes.instanceTypes.join(' or ');
  const says = (what: string, left: string) =>
    `a replica of ${service} sets aside ${what}, and no node can hold it: on ${machines}, ${left} is left beside the system's own`;
  const findings: Finding[] = [];
  if (load.memoryMib > room.memoryMib)
    findings.push(
      errorAt(one, at('memory'), says(`${load.memoryMib}Mi of memory`, `${Math.max(0, room.memoryMib)}Mi`)),
    );
  if (load.cpuMillis > room.cpuMillis)
    findings.push(errorAt(one, at('cpu'), says(`${load.cpuMillis}m of CPU`, `${Math.max(0, room.cpuMillis)}m`)));
  return findings;
};

/** Under which of its names the environment's resources have the service. */
const keyOf = ({ description, environment }: Place, service: ServiceName): string | undefined =>
  [service, description.services[service]?.alias].find((name) => name !== undefined && name in environment.resources);

const checkConnections = (one: One, place: Place, store: StoreName): readonly Finding[] => {
  const { instanceType } = machineOf(place, store);
  const most = maxConnectionsOf(instanceType);
  if (most === undefined) return [];
  const { reserve } = place.infrastructure.database;
  const loads = loadsOn(place, store);
  const needed = connectionsNeeded(loads, reserve);
  if (needed <= most) return [];
  const sum = namedEntries<ServiceName, Load>(loads).map(
    ([service, load]) => `(${load.maxReplicas} + ${surge}) × ${slots} slots × ${load.connections} of ${service}`,
  );
  return [
    errorAt(
      one,
      ['resources', store, 'instance_type'],
      `${[...sum, `${reserve} kept back`].join(' + ')} are ${needed} connections, and ${store}, a ${instanceType}, takes ${most}: lower infrastructure.database.pool or max_replicas, or take a larger machine (E10-4)`,
    ),
  ];
};
