import type { ServiceName } from '@plumbline/contract/names';
import { secretName } from '../../environments/secrets.ts';
import { variableOf } from '../../environments/stores.ts';
import type { Place } from '../renderer.ts';

/** One variable of a service whose value is kept at the cloud's secret store. */
export interface SecretEntry {
  readonly variable: string;
  /** In the Secret of the cluster: `database-url`. */
  readonly key: string;
  /** At the secret store: `connect2/production/database` for a store, `connect2/production/jwt` for `secret://jwt`. */
  readonly remoteKey: string;
}

/** The addresses of stores, which hold passwords, and the service's own secrets. A bucket's address holds none. */
export const secretEntries = ({ description, names }: Place, service: ServiceName): readonly SecretEntry[] => {
  const { needs = [], secrets = {} } = description.services[service] ?? {};
  const stores = needs.flatMap((name) => {
    const store = description.stores[name];
    if (!store || store.kind === 'bucket') return [];
    const variable = variableOf(name, store);
    return [entry(variable, `${names.secretsPrefix}${name}`)];
  });
  const own = Object.entries(secrets).map(([variable, written]) => {
    const reference = typeof written === 'string' ? written : written.ref;
    return entry(variable, `${names.secretsPrefix}${secretName(reference)}`);
  });
  return [...stores, ...own];
};

const entry = (variable: string, remoteKey: string): SecretEntry => ({ variable, key: keyOf(variable), remoteKey });

const keyOf = (variable: string): string => variable.toLowerCase().replaceAll('_', '-');
