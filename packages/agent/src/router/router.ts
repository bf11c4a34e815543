import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Answered } from './answered.ts';
import { type Bounds, defaultBounds } from './bounds.ts';
import { direct } from './direct.ts';
import { drainLink } from './drain.ts';
import { type Desk, type Destination, Exchange } from './exchange.ts';
import { type Find, findByHost, findFor, hostName } from './host.ts';
import { createLinks, type Links } from './link.ts';
import { openPort, portOf, type Serve } from './port.ts';
import { type Refusal, refusalText, refuse } from './refusal.ts';
import type { RoutingTable, Upstream } from './table.ts';
import { Tunnel } from './tunnel.ts';
import { discardRest } from './upload.ts';
import { malformed, takeAbsoluteForm } from './well-formed.ts';

export type { Answered } from './answered.ts';

export interface Router {
  /**
   * The common port, where the Host header says which environment is meant. Throws `Failure('port-taken')`; returns the
   * port, which the operating system chooses for 0. The host is 127.0.0.1 unless given.
   */
  listen(port: number, host?: string): Promise<number>;
  /** A port of one environment alone, under any name. */
  listenFor(environment: EnvironmentName, port: number, host?: string): Promise<number>;
  /** Replaces the environment's table in one tick. An upstream that is gone from it gets no new request from then on. */
  route(table: RoutingTable): void;
  forget(environment: EnvironmentName): void;
  /**
   * Resolves when the upstream holds no request. Event streams and WebSockets are told at once; what is left at the
   * deadline is ended, and counted in `cut`. An abort ends the waiting alone.
   */
  drain(upstream: Upstream, withinMs: number, signal: AbortSignal): Promise<{ readonly cut: number }>;
  /** Takes no more connections, lets requests end within the time, then closes. */
  close(withinMs: number): Promise<void>;
}

export interface RouterOptions {
  /** Called once for each request that reached a service, when it has ended. */
  readonly answered: (one: Answered) => void;
  readonly bounds?: Partial<Bounds>;
  readonly random?: () => number;
}

export const createRouter = (options: RouterOptions): Router => {
  const bounds = { ...defaultBounds, ...options.bounds };
  const links = createLinks(bounds);
  const tables = new Map<EnvironmentName, RoutingTable>();
  const desk: Desk = {
    links,
    bounds,
    random: options.random ?? Math.random,
    answered: options.answered,
    upstreamsNow: (to) => upstreamsOf(tables.get(to.environment), to),
  };
  const servers = new Set<Server>();
  const clock = startClock(links, bounds);
  let byHost = findByHost([]);
  let isClosing = false;

  const retable = (): void => {
    byHost = findByHost(tables.values());
    links.keepOnly(allUpstreams(tables.values()));
  };
  const open = async (find: Find, port: number, host: string): Promise<number> => {
    const server = await openPort(
      bounds,
      serveBy(desk, find, () => isClosing),
      port,
      host,
    );
    servers.add(server);
    return portOf(server);
  };
  return {
    listen: (port, host = '127.0.0.1') => open((name) => byHost(name), port, host),
    listenFor: (environment, port, host = '127.0.0.1') => open(findFor(tables, environment), port, host),
    route(table) {
      tables.set(table.environment, table);
      retable();
    },
    forget(environment) {
      tables.delete(environment);
      retable();
    },
    drain: (upstream, withinMs, signal) => drainLink(links.find(upstream), withinMs, signal),
    async close(withinMs) {
      isClosing = true;
      await closeServers(servers, links, withinMs);
      clearInterval(clock);
      await links.close();
    },
  };
};

/** One clock for all requests: a timer for each would cost more than the rest of a small request. */
const startClock = (links: Links, bounds: Bounds): NodeJS.Timeout => {
  const everyMs = Math.max(10, Math.min(1_000, bounds.answerWithinMs / 4, bounds.bodyIdleMs / 4));
  const look = (): void => {
    const nowMs = performance.now();
    for (const { live } of links.all()) for (const one of live) one.lookAtClock(nowMs);
  };
  return setInterval(look, everyMs).unref();
};

const serveBy = (desk: Desk, find: Find, isClosing: () => boolean): Serve => ({
  request(request, response) {
    if (isClosing()) response.shouldKeepAlive = false;
    const to = destination(desk, find, request);
    if ('status' in to) return refuseUnread(request, response, to, desk.bounds.lingerMs);
    new Exchange(desk, to, request, response).begin();
  },
  upgrade(request, socket, early) {
    const to = destination(desk, find, request);
    if ('status' in to) return endSocket(request, socket, to);
    new Tunnel(desk, to, request, socket).begin(early);
  },
});

const destination = (desk: Desk, find: Find, request: IncomingMessage): Destination | Refusal => {
  takeAbsoluteForm(request);
  const fault = malformed(request, desk.bounds.headers);
  if (fault !== null) return fault;
  const host = request.headers.host ?? '';
  const addressed = find(hostName(host));
  if (addressed === null) return { status: 404, because: `no environment answers to the host name "${host}"` };
  const { table, ofCandidate } = addressed;
  const asked = { path: request.url ?? '/', headers: request.headers, ofCandidate };
  const direction = direct(table, asked, desk.random);
  if (direction.kind === 'nowhere') return { status: 404, because: direction.because };
  const { slot, release, service, setCookie } = direction;
  return { environment: table.environment, slot, release, service, setCookie };
};

const refuseUnread = (request: IncomingMessage, response: ServerResponse, refusal: Refusal, lingerMs: number): void => {
  refuse(request, response, refusal);
  discardRest(request, lingerMs);
};

const endSocket = (request: IncomingMessage, socket: Socket, refusal: Refusal): void => {
  // A client that is gone needs no answer.
  socket.on('error', () => socket.destroy());
  socket.end(refusalText(request.headers.accept, refusal), () => socket.destroySoon());
};

const upstreamsOf = (table: RoutingTable | undefined, to: Destination): readonly Upstream[] => {
  const held = [table?.stable, table?.candidate].find((one) => one?.slot === to.slot && one.release === to.release);
  return held?.services.find(({ name }) => name === to.service.name)?.upstreams ?? [];
};

const allUpstreams = (tables: Iterable<RoutingTable>): ReadonlySet<Upstream> => {
  const named = new Set<Upstream>();
  for (const { stable, candidate } of tables) {
    for (const slot of [stable, candidate]) {
      for (const service of slot?.services ?? []) for (const upstream of service.upstreams) named.add(upstream);
    }
  }
  return named;
};

const closeServers = async (servers: ReadonlySet<Server>, links: Links, withinMs: number): Promise<void> => {
  const closed = Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))));
  for (const { live } of links.all()) for (const one of [...live]) one.tell();
  // A connection whose last answer went out only now is idle, and node does not look again by itself.
  const idle = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, 20);
  const deadline = setTimeout(() => {
    for (const { live } of links.all()) for (const one of [...live]) one.cut();
    for (const server of servers) server.closeAllConnections();
  }, withinMs);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
};
