import { Client } from 'undici';
import type { Bounds } from './bounds.ts';
import type { Upstream } from './table.ts';

/** A request or tunnel that a replica holds. */
export interface Live {
  /** The replica is to leave: end what can be ended without loss. */
  tell(): void;
  /** The time is up. Gives the replica back before it returns. */
  cut(): void;
  /** Ends what has been silent for too long. */
  lookAtClock(nowMs: number): void;
}

/** The connections to one replica, and what is under way on them. */
export interface Link {
  readonly upstream: Upstream;
  /** Connections without a request, the last one used on top: it is the warmest, and the others may fall idle and close. */
  readonly spare: Client[];
  readonly clients: Set<Client>;
  readonly live: Set<Live>;
  /** Called once, when nothing is under way any more. */
  readonly whenIdle: Set<() => void>;
  /** No table names the replica any more: the connections close when the last request has ended. */
  isRetired: boolean;
}

export interface Links {
  /** Gives the request to the upstream, in this very tick. */
  claim(upstream: Upstream, live: Live): Link;
  /** May be called again without harm. */
  release(link: Link, live: Live): void;
  /** A connection for one request; it may have to be opened first. */
  take(link: Link): Client;
  giveBack(link: Link, client: Client): void;
  /** For one whose request failed or was abandoned: it is in the middle of something, and cannot be used again at once. */
  drop(link: Link, client: Client): void;
  find(upstream: Upstream): Link | undefined;
  all(): IterableIterator<Link>;
  /** Retires the links to upstreams that are not named. */
  keepOnly(named: ReadonlySet<Upstream>): void;
  close(): Promise<void>;
}

export const createLinks = (bounds: Bounds): Links => {
  const links = new Map<Upstream, Link>();
  const open = (upstream: Upstream): Link => {
    const link = {
      upstream,
      spare: [],
      clients: new Set<Client>(),
      live: new Set<Live>(),
      whenIdle: new Set<() => void>(),
      isRetired: false,
    };
    links.set(upstream, link);
    return link;
  };
  const discard = (link: Link): void => {
    links.delete(link.upstream);
    for (const client of link.clients) void client.close();
  };
  return {
    claim(upstream, live) {
      const link = links.get(upstream) ?? open(upstream);
      upstream.inFlight += 1;
      link.live.add(live);
      return link;
    },
    release(link, live) {
      if (!link.live.delete(live)) return;
      link.upstream.inFlight -= 1;
      if (link.live.size > 0) return;
      for (const wake of link.whenIdle) wake();
      if (link.isRetired) discard(link);
    },
    take(link) {
      const spare = link.spare.pop();
      if (spare !== undefined) return spare;
      const client = openClient(link.upstream, bounds);
      link.clients.add(client);
      return client;
    },
    giveBack: (link, client) => void link.spare.push(client),
    drop(link, client) {
      link.clients.delete(client);
      queueMicrotask(() => void client.destroy());
    },
    find: (upstream) => links.get(upstream),
    all: () => links.values(),
    keepOnly(named) {
      for (const link of links.values()) {
        link.isRetired = !named.has(link.upstream);
        if (link.isRetired && link.live.size === 0) discard(link);
      }
    },
    async close() {
      const clients = [...links.values()].flatMap((link) => [...link.clients]);
      links.clear();
      await Promise.all(clients.map((client) => client.destroy()));
    },
  };
};

/** The times are ours, kept by one clock for all requests; undici's would cost two timers for each. */
const openClient = (upstream: Upstream, bounds: Bounds): Client =>
  new Client(`http://127.0.0.1:${upstream.port}`, {
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: bounds.connectWithinMs },
    maxHeaderSize: bounds.headerBytes,
    keepAliveTimeout: bounds.upstreamKeepAliveMs,
    keepAliveMaxTimeout: bounds.upstreamKeepAliveMs,
    keepAliveTimeoutThreshold: 1_000,
  });

/** The least busy upstream, by chance among equals; `not` only where there is no other. */
export const leastBusy = (
  upstreams: readonly Upstream[],
  random: () => number,
  not: Upstream | null = null,
): Upstream | null => {
  let best: Upstream | null = null;
  let equals = 0;
  for (const upstream of upstreams) {
    if (upstream === not) continue;
    if (best === null || upstream.inFlight < best.inFlight) {
      best = upstream;
      equals = 1;
    } else if (upstream.inFlight === best.inFlight) {
      equals += 1;
      if (random() * equals < 1) best = upstream;
    }
  }
  return best ?? (not !== null && upstreams.includes(not) ? not : null);
};
