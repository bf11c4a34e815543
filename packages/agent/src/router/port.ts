import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '@plumbline/contract/failure';
import type { Bounds } from './bounds.ts';
import { refusalText } from './refusal.ts';
import { declaredBytes } from './upload.ts';

/** What is done with what comes in at a port. */
export interface Serve {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Socket, early: Buffer): void;
}

/** An HTTP server within the bounds, which refuses by itself what is no proper request. */
export const openPort = async (bounds: Bounds, serve: Serve, port: number, host: string): Promise<http.Server> => {
  const server = http.createServer({
    maxHeaderSize: bounds.headerBytes,
    headersTimeout: bounds.headersWithinMs,
    // Bodies have a limit on silence instead, which a long upload does not meet.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1_000, bounds.headersWithinMs / 4),
    keepAliveTimeout: bounds.keepAliveMs,
    keepAlive: true,
    noDelay: true,
    insecureHTTPParser: false,
  });
  server.maxConnections = bounds.connections;
  // Node would leave out what is over its own limit, and pass on the rest; too many are refused where requests are served.
  server.maxHeadersCount = 0;
  server.on('request', serve.request);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if ((declaredBytes(request) ?? 0) <= bounds.bodyBytes) response.writeContinue();
    serve.request(request, response);
  });
  server.on('upgrade', (request, socket, early) => serve.upgrade(request, asSocket(socket), early));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    turnAway(error, asSocket(socket), bounds.lingerMs),
  );
  await listening(server, port, host);
  return server;
};

/** The port that the operating system chose, where 0 was asked for. */
export const portOf = (server: http.Server): number => {
  // A server that listens at a port has an address of this kind.
  const address = server.address() as AddressInfo;
  return address.port;
};

/** Node types it more widely, for TLS; over plain TCP it is a socket. */
const asSocket = (stream: Duplex): Socket => stream as Socket;

const listening = (server: http.Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(whyNot(cause, port, host)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });

const whyNot = (cause: NodeJS.ErrnoException, port: number, host: string): Failure => {
  if (cause.code === 'EADDRINUSE') {
    const hint = `end the program that listens there (ss -ltnp 'sport = :${port}' names it), or choose another port`;
    return new Failure('port-taken', `port ${port} of ${host} is taken`, { cause, hint });
  }
  const hint = cause.code === 'EACCES' ? 'ports under 1024 are for root: choose a higher one' : undefined;
  const more = hint === undefined ? { cause } : { cause, hint };
  return new Failure('port-taken', `cannot listen at port ${port} of ${host}: ${cause.message}`, more);
};

const turnedAway: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the head of the request is too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the head of the request did not come in time'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too large'],
};

const turnAway = (error: NodeJS.ErrnoException, socket: Socket, lingerMs: number): void => {
  // Behind a request that is under way an answer of ours would be taken for a part of that request's answer.
  if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) return void socket.destroy();
  const [status, because] = turnedAway[error.code ?? ''] ?? [400, `this is not HTTP as it should be: ${error.message}`];
  socket.end(refusalText(undefined, { status, because }));
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
};

/** Node's own mark of a response under way, which its default for `clientError` goes by too. */
const isAnswering = (socket: Socket & { readonly _httpMessage?: unknown }): boolean => socket._httpMessage != null;
