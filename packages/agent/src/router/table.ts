import type { EnvironmentName, ReleaseId, ServiceName } from '@plumbline/contract/names';
import type { Cohort, Slot } from '@plumbline/contract/shape';

/** A replica that may be given requests. Held by the agent for the replica's life; the router claims and releases it. */
export interface Upstream {
  readonly replica: string;
  readonly port: number;
  /** Requests that it holds now. Changed by the router alone, in the same tick in which a request is given or has ended. */
  inFlight: number;
}

/** The replicas of one service in one slot that are ready for requests. */
export interface RoutedService {
  readonly name: ServiceName;
  readonly route: string;
  readonly assets: string | null;
  readonly upstreams: readonly Upstream[];
}

/** A slot with a release in it. */
export interface RoutedSlot {
  readonly slot: Slot;
  readonly release: ReleaseId;
  readonly services: readonly RoutedService[];
}

/** All that the router knows of an environment at one instant: replaced whole, never edited, so a request sees one of them. */
export interface RoutingTable {
  readonly environment: EnvironmentName;
  /** Host names on the common port, lower case. `candidate.<host>` reaches the candidate whatever its weight. */
  readonly hosts: readonly string[];
  /** Scopes the visitor's cookie: pins of another rollout count for nothing. */
  readonly rollout: string;
  readonly stable: RoutedSlot | null;
  readonly candidate: RoutedSlot | null;
  readonly candidateWeightPercent: number;
  /** Who gets the candidate whatever its weight; null too while the candidate could not serve them. */
  readonly cohort: Cohort | null;
  readonly drainWithinMs: number;
}
