import type { EnvironmentName } from '@plumbline/contract/names';
import type { RoutingTable } from './table.ts';

/** The environment that a host name means, or its candidate. */
export interface Addressed {
  readonly table: RoutingTable;
  readonly ofCandidate: boolean;
}

export type Find = (host: string) => Addressed | null;

const candidatePrefix = 'candidate.';

/** By name, for the common port. A name of an environment wins over the candidate of another. */
export const findByHost = (tables: Iterable<RoutingTable>): Find => {
  const byHost = new Map<string, Addressed>();
  const all = [...tables];
  for (const table of all) {
    for (const host of table.hosts) byHost.set(candidatePrefix + host, { table, ofCandidate: true });
  }
  for (const table of all) {
    for (const host of table.hosts) byHost.set(host, { table, ofCandidate: false });
  }
  return (host) => byHost.get(host) ?? null;
};

/** For an environment's own port: any name reaches it, and `candidate.` before any name its candidate. */
export const findFor =
  (tables: ReadonlyMap<EnvironmentName, RoutingTable>, environment: EnvironmentName): Find =>
  (host) => {
    const table = tables.get(environment);
    if (table === undefined) return null;
    return { table, ofCandidate: host.startsWith(candidatePrefix) && !table.hosts.includes(host) };
  };

/** Lower case, without port and last dot. */
export const hostName = (header: string): string => {
  const lower = header.toLowerCase();
  const end = lower.startsWith('[') ? lower.indexOf(']') + 1 : lower.indexOf(':');
  const name = end > 0 ? lower.slice(0, end) : lower;
  return name.endsWith('.') ? name.slice(0, -1) : name;
};
