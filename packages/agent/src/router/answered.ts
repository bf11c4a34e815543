import type { EnvironmentName, ReleaseId, ServiceName } from '@plumbline/contract/names';

/** One request that has ended, in whatever way. Told once for each. */
export interface Answered {
  readonly environment: EnvironmentName;
  readonly release: ReleaseId;
  readonly service: ServiceName;
  /** 101 for a tunnel that was opened; 499 where the client left before there was an answer. */
  readonly status: number;
  /** False: broken off by the replica, a time-out, an error of ours, or the client. */
  readonly complete: boolean;
  readonly clientGone: boolean;
  /** To the last byte; to the first byte for an event stream. */
  readonly durationMs: number;
}
