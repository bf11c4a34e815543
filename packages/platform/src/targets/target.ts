import type { Applied, Fence, LogLine, Observation, Order, StoreAddresses } from '@plumbline/contract/agent';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { StoreSpec } from '@plumbline/contract/service-spec';

export interface LogQuery {
  readonly service?: string | undefined;
  readonly replica?: string | undefined;
  readonly tail: number;
  readonly follow: boolean;
}

/**
 * What makes a shape real. `apply` says what shall be and may be called twice with the same; `observe` says what is so.
 * Both refuse nothing but a generation that is too low (`stale-generation`).
 */
export interface Target {
  readonly kind: 'local' | 'kubernetes';
  apply(order: Order, signal: AbortSignal): Promise<Applied>;
  /** With `after`, waits up to `waitMs` for a revision that is later. */
  observe(
    environment: EnvironmentName,
    options: { readonly after?: number; readonly waitMs?: number; readonly signal: AbortSignal },
  ): Promise<Observation>;
  /** Raises the generation alone, so that whoever held a lower one can act no more. */
  fence(environment: EnvironmentName, fence: Fence, signal: AbortSignal): Promise<Applied>;
  /** Addresses of the environment's stores, started where they do not run. */
  stores(environment: EnvironmentName, stores: readonly StoreSpec[], signal: AbortSignal): Promise<StoreAddresses>;
  logs(environment: EnvironmentName, query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
}
