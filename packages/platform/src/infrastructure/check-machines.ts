import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, type Located } from '../environments/located.ts';
import { namedEntries } from '../environments/named.ts';
import { knownMachines, machineNamed } from './machines.ts';
import type { Place } from './renderer.ts';
import { machineOf } from './store-machine.ts';

type One = Located<Environment>;

/** Machines of which nobody knows how large they are: what needs them cannot be counted. */
export const checkMachines = (one: One, place: Place): readonly Finding[] => [
  ...place.infrastructure.cluster.nodes.instanceTypes.flatMap((type, index) =>
    machineNamed(type)
      ? []
      : [
          errorAt(
            one,
            ['infrastructure', 'cluster', 'nodes', 'instance_types', index],
            `${type} is no machine of a known size: there are ${knownMachines}`,
          ),
        ],
  ),
  ...namedEntries(place.description.stores).flatMap(([name, { kind }]) =>
    kind === 'bucket' ? [] : checkStore(one, place, name, kind),
  ),
  ...onlyNodeOfTwoZones(one, place),
];

const prefixes = { postgres: 'db.', redis: 'cache.' } as const;

const checkStore = (
  one: One,
  place: Place,
  name: Parameters<typeof machineOf>[1],
  kind: keyof typeof prefixes,
): readonly Finding[] => {
  const { instanceType } = machineOf(place, name);
  const prefix = prefixes[kind];
  if (instanceType.startsWith(prefix) && machineNamed(instanceType.slice(prefix.length))) return [];
  return [
    errorAt(
      one,
      ['resources', name, 'instance_type'],
      `${instanceType} is no machine for a ${kind}: there are those that begin with "${prefix}", of ${knownMachines.replace('m7g', `${prefix}m7g`)}`,
    ),
  ];
};

/** A cache in two zones is two nodes. */
const onlyNodeOfTwoZones = (one: One, place: Place): readonly Finding[] =>
  place.infrastructure.cache.nodes !== 1
    ? []
    : namedEntries(place.description.stores).flatMap(([name, { kind }]) =>
        kind === 'redis' && machineOf(place, name).multiAz
          ? [
              errorAt(
                one,
                ['infrastructure', 'cache', 'nodes'],
                `${name} is multi_az, and one node is in one zone: say 2`,
              ),
            ]
          : [],
      );
