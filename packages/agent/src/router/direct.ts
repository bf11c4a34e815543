import type { IncomingHttpHeaders } from 'node:http';
import type { ReleaseId } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import { chooseSlot, type Visitor, visitorCookie } from './choose-slot.ts';
import { isOfCohort } from './cohort.ts';
import { readCookie } from './cookie.ts';
import type { RoutedService, RoutedSlot, RoutingTable } from './table.ts';

/** Where a request goes: to one of a service's upstreams, or nowhere, with the reason in words. */
export type Direction =
  | {
      readonly kind: 'to';
      readonly slot: Slot;
      readonly release: ReleaseId;
      readonly service: RoutedService;
      readonly setCookie: string | undefined;
    }
  | { readonly kind: 'nowhere'; readonly because: string };

export interface Asked {
  /** With its query, as it came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Addressed as `candidate.<host>`. */
  readonly ofCandidate: boolean;
}

/** A pure decision of one instant's table. The service may have no upstream ready; then the answer is 503. */
export const direct = (table: RoutingTable, asked: Asked, random: () => number): Direction => {
  const asset = assetRelease(table, asked.path);
  if (asset !== null) return toAsset(table, asset, asked.path);
  if (asked.ofCandidate) {
    return table.candidate === null
      ? { kind: 'nowhere', because: `${table.environment} has no candidate at present` }
      : toSlot(table, table.candidate, asked.path, undefined);
  }
  return toVisitor(table, asked, random);
};

const toVisitor = (table: RoutingTable, asked: Asked, random: () => number): Direction => {
  const choice = chooseSlot(table, visitorOf(table, asked), random);
  const chosen = table[choice.slot];
  if (chosen === null) return { kind: 'nowhere', because: `${table.environment} has no release yet` };
  const first = toSlot(table, chosen, asked.path, choice.setCookie);
  if (first.kind === 'to' && first.service.upstreams.length === 0) {
    return insteadOf(table, choice.slot, asked.path) ?? first;
  }
  return first;
};

const visitorOf = ({ cohort }: RoutingTable, { headers }: Asked): Visitor => ({
  pin: readCookie(headers.cookie, visitorCookie),
  isOfCohort: cohort !== null && isOfCohort(cohort, headers),
});

/** The other slot, where it may be used and is ready. Nobody is pinned to it: the choice still stands. */
const insteadOf = (table: RoutingTable, chosen: 'stable' | 'candidate', path: string): Direction | null => {
  const other = chosen === 'candidate' ? table.stable : table.candidate;
  if (other === null || (chosen === 'stable' && table.candidateWeightPercent <= 0)) return null;
  const second = toSlot(table, other, path, undefined);
  return second.kind === 'to' && second.service.upstreams.length > 0 ? second : null;
};

const toSlot = (table: RoutingTable, slot: RoutedSlot, path: string, setCookie: string | undefined): Direction => {
  const service = serviceAt(slot, path);
  return service === null
    ? { kind: 'nowhere', because: `no service of ${slot.release} in ${table.environment} has a route for this path` }
    : { kind: 'to', slot: slot.slot, release: slot.release, service, setCookie };
};

const serviceAt = (slot: RoutedSlot, path: string): RoutedService | null => {
  let best: RoutedService | null = null;
  for (const service of slot.services) {
    if (isUnder(service.route, path) && (best === null || service.route.length > best.route.length)) best = service;
  }
  return best;
};

const isUnder = (prefix: string, path: string): boolean => {
  if (prefix === '/' || prefix === '') return true;
  if (!path.startsWith(prefix)) return false;
  const next = path[prefix.length];
  return next === undefined || next === '/' || next === '?' || prefix.endsWith('/');
};

const assetRelease = (table: RoutingTable, path: string): string | null =>
  releaseInPath(table.stable, path) ?? releaseInPath(table.candidate, path);

const releaseInPath = (slot: RoutedSlot | null, path: string): string | null => {
  if (slot === null) return null;
  for (const { assets } of slot.services) {
    if (assets === null || !path.startsWith(assets)) continue;
    const release = /^\/(r-[0-9a-f]{12})(?:[/?]|$)/.exec(
      path.slice(assets.endsWith('/') ? assets.length - 1 : assets.length),
    );
    if (release?.[1] !== undefined) return release[1];
  }
  return null;
};

const toAsset = (table: RoutingTable, release: string, path: string): Direction => {
  for (const slot of [table.stable, table.candidate]) {
    if (slot?.release !== release) continue;
    for (const service of slot.services) {
      if (service.assets !== null && isUnder(service.assets, path)) {
        return { kind: 'to', slot: slot.slot, release: slot.release, service, setCookie: undefined };
      }
    }
  }
  return { kind: 'nowhere', because: `no slot of ${table.environment} holds ${release}, whose asset this is` };
};
