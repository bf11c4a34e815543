import { durationMs } from '../../environments/duration.ts';
import type { Service } from '../../environments/service.ts';

/**
 * How long a pod goes on as if nothing were, after it was told to go: until every router and kube-proxy has heard that it
 * leaves, new requests still reach it (E5-4).
 */
export const leaveSeconds = 15;

/** Between the last request's deadline and KILL. */
const marginSeconds = 10;

/** From being told to go until KILL: leaving, draining, and a margin. */
export const graceSeconds = (service: Service): number =>
  leaveSeconds + Math.ceil(durationMs(service.drain_within) / 1_000) + marginSeconds;

/** How often a starting pod is asked whether it has started. */
export const startupPeriodSeconds = 2;

/** How often it is asked at most: for `start_within`, and at least once. */
export const startupFailures = (service: Service): number =>
  Math.max(1, Math.ceil(durationMs(service.start_within) / 1_000 / startupPeriodSeconds));
