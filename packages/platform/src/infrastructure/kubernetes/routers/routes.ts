import { Failure } from '@plumbline/contract/failure';
import type { ServiceName } from '@plumbline/contract/names';
import { namedEntries } from '../../../environments/named.ts';
import type { Place } from '../../renderer.ts';

export interface Route {
  readonly service: ServiceName;
  /** `/api`; `/` is everything that no other has. */
  readonly prefix: string;
}

/** The longest prefix first, as the local router decides; services without a route are not among them. */
export const routesOf = ({ description }: Place): readonly Route[] =>
  namedEntries(description.services)
    .flatMap(([service, { route }]) => (route === undefined ? [] : [{ service, prefix: route }]))
    .sort((a, b) => b.prefix.length - a.prefix.length || (a.prefix < b.prefix ? -1 : 1));

/** Whoever has no domain has no router: without a name there is no certificate, and nothing is served without. */
export const hostOf = ({ names }: Place): string => {
  if (names.domain !== null) return names.domain;
  throw new Failure('bug', `a router was rendered for ${names.environment}, which has no domain`);
};

/** A year, of this host and those below it; what a browser heard once it never asks by plain HTTP again. */
export const strictTransport = { seconds: 31_536_000, header: 'max-age=31536000; includeSubDomains' } as const;
