import type { StoreAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { StoreName } from '@plumbline/contract/names';

/** The address of a store that is needed. Throws `database-unreachable` where it has none, with the reason. */
export const addressOf = (stores: StoreAddresses, store: StoreName): string => {
  const found = stores[store];
  if (found?.url) return found.url;
  throw new Failure(
    'database-unreachable',
    `the store ${store} has no address: ${found?.because ?? 'nobody started it'}`,
  );
};
