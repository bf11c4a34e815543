/** What the router allows a client or a replica, so that none of them can hold it for ever. */
export interface Bounds {
  /** Bytes of a request's or an answer's head. 32 KiB: four times what browsers send, with room for cookies. */
  readonly headerBytes: number;
  readonly headers: number;
  /** From a connection's or a request's first moment to the end of its head. */
  readonly headersWithinMs: number;
  readonly bodyBytes: number;
  /** The longest time in which neither side moves a byte of a body. Event streams and tunnels may be silent for longer. */
  readonly bodyIdleMs: number;
  /** From the end of the request to the head of the answer. */
  readonly answerWithinMs: number;
  readonly connectWithinMs: number;
  /** How long an idle client's connection is kept: longer than the minute for which browsers and balancers keep theirs. */
  readonly keepAliveMs: number;
  /** How long an idle connection to a replica is kept: shorter than any server that we know of, so that it is ours to close. */
  readonly upstreamKeepAliveMs: number;
  /** How long the rest of a request that is answered already is read and thrown away, before its connection is closed. */
  readonly lingerMs: number;
  /** Connections at each port. */
  readonly connections: number;
}

export const defaultBounds: Bounds = {
  headerBytes: 32_768,
  headers: 100,
  headersWithinMs: 10_000,
  bodyBytes: 100 * 1024 * 1024,
  bodyIdleMs: 60_000,
  answerWithinMs: 60_000,
  connectWithinMs: 5_000,
  keepAliveMs: 75_000,
  upstreamKeepAliveMs: 1_500,
  lingerMs: 5_000,
  connections: 4_096,
};
