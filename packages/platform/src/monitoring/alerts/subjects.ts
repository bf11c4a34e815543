import type { ServiceName, StoreName } from '@plumbline/contract/names';
import { slots } from '@plumbline/contract/shape';
import { namedEntries } from '../../environments/named.ts';
import type { Service, Store } from '../../environments/service.ts';
import { slotName, workloadOf } from '../../infrastructure/kubernetes/labels.ts';
import type { Place } from '../../infrastructure/renderer.ts';

const workloadsWhere = (place: Place, is: (service: Service) => boolean): readonly string[] =>
  namedEntries(place.description.services).flatMap(([name, service]) =>
    is(service) ? [workloadOf(place.names, name)] : [],
  );

/** Workloads that visitors' requests go to: `connect2-backend`. */
export const routedWorkloads = (place: Place): readonly string[] =>
  workloadsWhere(place, ({ route }) => route !== undefined);

/** What each service is in each slot: `connect2-backend-blue`. */
export const slotWorkloads = (place: Place): readonly string[] =>
  namedEntries<ServiceName, Service>(place.description.services).flatMap(([name]) =>
    slots.map((slot) => slotName(place, name, slot)),
  );

/** What is asked for when a service is: itself, or one of its slots. */
export const inEachSlot = (workload: string): readonly string[] => [
  workload,
  ...slots.map((slot) => `${workload}-${slot}`),
];

/** A database, and who holds connections to it. */
export interface Database {
  readonly store: StoreName;
  readonly name: string;
  readonly instance: string;
  /** Those of its services, without slots. */
  readonly workloads: readonly string[];
  /** Connections that one replica may hold. */
  readonly pool: number;
}

export const databasesOfPlace = (place: Place): readonly Database[] =>
  namedEntries<StoreName, Store>(place.description.stores).flatMap(([store, { kind }]) =>
    kind === 'postgres'
      ? [
          {
            store,
            name: place.names.databases[store] ?? store,
            instance: place.names.instances[store] ?? store,
            workloads: workloadsWhere(place, ({ needs }) => needs.includes(store)),
            pool: place.infrastructure.database.pool,
          },
        ]
      : [],
  );
