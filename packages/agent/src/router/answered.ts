import type { EnvironmentName, ReleaseId, ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';

/** One request that has ended, in whatever way. Told once for each. */
export interface Answered {
  readonly environment: EnvironmentName;
  readonly release: ReleaseId;
  readonly slot: Slot;
  readonly service: ServiceName;
  /** 101 for a tunnel that was opened; 499 where the client left before there was an answer. */
  readonly status: number;
  /** False: broken off by the replica, a time-out, an error of ours, or the client. */
  readonly complete: boolean;
  readonly clientGone: boolean;
  /**
   * How long the service had the request before it answered: from the last byte that had come of it, so that a slow
   * upload is not the service's doing, to the answer's head, so that a slow download is not either. Where no head came,
   * to the end of the waiting; 0 where it was the client that was waited for.
   */
  readonly waitMs: number;
}
