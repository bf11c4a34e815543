import type { StoreName } from '@plumbline/contract/names';
import type { Description } from './description.ts';
import type { Service, Store } from './service.ts';

/** The variable in which services get the store's address. */
export const variableOf = (name: string, { as }: Store): string =>
  as ?? `${name.toUpperCase().replaceAll('-', '_')}_URL`;

/** The postgres stores that a service needs. */
export const databasesOf = ({ stores }: Description, { needs }: Service): readonly StoreName[] =>
  needs.filter((name) => stores[name]?.kind === 'postgres');
