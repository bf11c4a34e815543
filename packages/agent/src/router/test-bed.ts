import http, { type IncomingMessage, type RequestListener, type RequestOptions } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { environmentName, releaseId, serviceName } from '@plumbline/contract/names';
import type { Answered } from './answered.ts';
import type { Bounds } from './bounds.ts';
import { createRouter, type Router } from './router.ts';
import type { RoutedService, RoutedSlot, RoutingTable, Upstream } from './table.ts';

export const staging = environmentName.parse('staging');
export const [oldRelease, newRelease] = [releaseId.parse('r-000000000001'), releaseId.parse('r-000000000002')];

export const service = (
  more: Partial<Omit<RoutedService, 'name'>> & { readonly name?: string } = {},
): RoutedService => ({
  route: '/',
  assets: null,
  upstreams: [],
  ...more,
  name: serviceName.parse(more.name ?? 'web'),
});

export const slotOf = (release: typeof oldRelease, services: readonly RoutedService[]): RoutedSlot => ({
  slot: release === oldRelease ? 'blue' : 'green',
  release,
  services,
});

export const table = (more: Partial<RoutingTable> = {}): RoutingTable => ({
  environment: staging,
  hosts: ['staging.localhost'],
  rollout: 'd-1',
  stable: null,
  candidate: null,
  candidateWeightPercent: 0,
  cohort: null,
  drainWithinMs: 1_000,
  ...more,
});

/** The plainest table: one service in the stable slot. */
export const serving = (...upstreams: readonly Upstream[]): RoutingTable =>
  table({ stable: slotOf(oldRelease, [service({ upstreams })]) });

/** A router on a port of its own, with replicas that are real servers, and everything that it counted. */
export interface Bed {
  readonly router: Router;
  readonly port: number;
  readonly answered: readonly Answered[];
  /** Waits until so many were counted: that is a moment after the client has its answer. */
  counted(requests: number): Promise<readonly Answered[]>;
  replica(serve: RequestListener): Promise<Upstream & { readonly server: http.Server }>;
  /** A replica that speaks for itself, byte by byte. */
  rawReplica(connected: (socket: net.Socket, connection: number) => void): Promise<Upstream>;
  ask(path: string, options?: RequestOptions & { readonly body?: string | Buffer }): Promise<Answer>;
  /** Writes the text and gives what came until the connection closed. */
  askRaw(text: string): Promise<string>;
  connect(): net.Socket;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: NodeJS.Dict<string>;
}

export const layBed = async (bounds: Partial<Bounds> = {}, random = Math.random): Promise<Bed> => {
  const answered: Answered[] = [];
  const router = createRouter({ answered: (one) => void answered.push(one), bounds, random });
  const port = await router.listen(0);
  const servers = new Set<net.Server>();
  const sockets = new Set<net.Socket>();
  const start = async <Server extends net.Server>(server: Server): Promise<Upstream & { readonly server: Server }> => {
    servers.add(server);
    server.on('connection', (socket: net.Socket) => {
      sockets.add(socket);
      // Replicas are cut off on purpose here.
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // It listens, so it has an address of this kind.
    const { port: own } = server.address() as AddressInfo;
    return { replica: `replica-${own}`, port: own, inFlight: 0, server };
  };
  const connect = (): net.Socket => {
    const socket = net.connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket;
  };
  return {
    router,
    port,
    answered,
    async counted(requests) {
      await until(() => answered.length >= requests);
      return answered;
    },
    replica: (serve) => start(http.createServer(serve)),
    rawReplica(connected) {
      let connections = 0;
      return start(
        net.createServer((socket) => {
          connections += 1;
          connected(socket, connections);
        }),
      );
    },
    ask: (path, options) => ask(port, path, options),
    connect,
    async askRaw(text) {
      const socket = connect();
      socket.write(text, 'latin1');
      return readAll(socket);
    },
    async [Symbol.asyncDispose]() {
      await router.close(0);
      for (const socket of sockets) socket.destroy();
      await Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
};

export const ask = async (
  port: number,
  path: string,
  { body, ...options }: RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<Answer> => {
  const headers = { host: 'staging.localhost', ...options.headers };
  const request = http.request({ port, host: '127.0.0.1', path, agent: false, ...options, headers });
  request.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: String(await readBytes(response)),
    trailers: response.trailers,
  };
};

export const readBytes = async (from: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of from) chunks.push(chunk);
  return Buffer.concat(chunks);
};

export const readAll = (socket: net.Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (more) => {
      text += more;
    });
    socket.on('close', () => resolve(text));
  });

/** Waits for a condition, not for a time. */
export const until = async (holds: () => boolean, withinMs = 10_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
