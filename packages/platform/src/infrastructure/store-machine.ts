import type { StoreName } from '@plumbline/contract/names';
import { isLast } from '../environments/order.ts';
import { connectionsNeeded, loadsOn, maxConnectionsOf } from './capacity.ts';
import type { Place } from './renderer.ts';

/** The machine of a postgres or redis store. */
export interface StoreMachine {
  readonly instanceType: string;
  readonly multiAz: boolean;
}

/** Which machine a postgres or redis store has there. Default: a small one, large enough for every replica's pool. */
export const machineOf = (place: Place, store: StoreName): StoreMachine => {
  const written = place.environment.resources[store];
  return { instanceType: written?.instance_type ?? defaultMachine(place, store), multiAz: written?.multi_az ?? false };
};

/** From small to large. Production data are not on machines that run out of credits. */
const databases = {
  last: ['db.r7g.large', 'db.r7g.xlarge', 'db.r7g.2xlarge'],
  below: ['db.t4g.micro', 'db.t4g.small', 'db.t4g.medium', 'db.t4g.large', 'db.t4g.xlarge'],
} as const;
const caches = { last: 'cache.r7g.large', below: 'cache.t4g.micro' } as const;

const defaultMachine = (place: Place, store: StoreName): string => {
  const { description, names, infrastructure } = place;
  const position = isLast(description.path, names.environment) ? 'last' : 'below';
  if (description.stores[store]?.kind === 'redis') return caches[position];
  const needed = connectionsNeeded(loadsOn(place, store), infrastructure.database.reserve);
  const sizes: readonly string[] = databases[position];
  const fitting = sizes.find((type) => (maxConnectionsOf(type) ?? 0) >= needed);
  return fitting ?? sizes.at(-1) ?? databases[position][0];
};
