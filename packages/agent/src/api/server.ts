import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { stopOrder } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { type Problem, type ProblemCode, problems } from '@plumbline/contract/problem';
import type { Log } from '../log.ts';
import type { Asked, Reply, Route } from './routes.ts';

/** The agent's protocol on a Unix socket that only its owner can open. */
export interface ApiServer {
  close(): Promise<void>;
}

export interface ApiServerNeeds {
  readonly socket: string;
  readonly routes: readonly Route[];
  /** Asked to stop; answered at once, since the end of the process is the real answer. */
  readonly stop: (drainWithinMs: number) => void;
  readonly log: Log;
}

export const serveApi = async ({ socket, routes, stop, log }: ApiServerNeeds): Promise<ApiServer> => {
  const closing = new AbortController();
  const matchers = routes.map(matcherOf);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://agent');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const body = await readBody(request);
    if (request.method === 'POST' && url.pathname === '/stop') {
      const order = stopOrder.safeParse(body);
      if (!order.success) throw new Failure('bad-input', 'drainWithinMs is wanted, 0 to 600000');
      response.writeHead(202).end();
      return stop(order.data.drainWithinMs);
    }
    const found = matchers.flatMap((match) => match(request.method ?? '', url.pathname) ?? [])[0];
    if (!found) throw new Failure('not-found', `${request.method} ${url.pathname} is nothing that the agent knows`);
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    const asked: Asked = { params: found.params, query: url.searchParams, body, signal };
    await send(response, await found.route.answer(asked));
  };

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => sendProblem(response, error, log));
  });
  server.keepAliveTimeout = 30_000;
  await listen(server, socket);
  return {
    close: async () => {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      rmSync(socket, { force: true });
    },
  };
};

const listen = async (server: http.Server, socket: string): Promise<void> => {
  // The lock says that no other agent of this home lives, so a socket that is there is a dead one's.
  rmSync(socket, { force: true });
  const mask = process.umask(0o177);
  try {
    server.listen(socket);
    await once(server, 'listening');
  } finally {
    process.umask(mask);
  }
  chmodSync(socket, 0o600);
};

interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const matcherOf = (route: Route) => {
  const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  return (method: string, path: string): Found | null => {
    const match = method === route.method ? pattern.exec(path) : null;
    if (match === null) return null;
    const params = Object.entries(match.groups ?? {}).map(
      ([name, value]) => [name, decodeURIComponent(value)] as const,
    );
    return { route, params: Object.fromEntries(params) };
  };
};

const largestBody = 16_000_000;

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > largestBody) throw new Failure('bad-input', `a body may have ${largestBody} bytes`);
    parts.push(part);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (cause) {
    throw new Failure('bad-input', 'the body is not JSON', { cause });
  }
};

const send = async (response: ServerResponse, reply: Reply): Promise<void> => {
  switch (reply.kind) {
    case 'nothing':
      response.writeHead(204).end();
      return;
    case 'json':
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.value));
      return;
    case 'lines':
      return sendLines(response, reply.values);
    default:
      throw new Error(`unknown reply: ${reply satisfies never}`);
  }
};

const sendLines = async (
  response: ServerResponse,
  values: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<void> => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  for await (const value of values) {
    if (response.destroyed) return;
    if (!response.write(`${JSON.stringify(value)}\n`))
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
};

const sendProblem = (response: ServerResponse, error: unknown, log: Log): void => {
  const problem = problemOf(error);
  if (problem.status >= 500) log('error', 'a request failed', { code: problem.type, error: stackOf(error) });
  if (response.headersSent) return void response.destroy();
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
};

const problemOf = (error: unknown): Problem => {
  const code: ProblemCode = error instanceof Failure ? error.code : 'bug';
  const detail = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Failure ? error.hint : undefined;
  return { type: code, title: code, status: problems[code], detail, ...(hint === undefined ? {} : { hint }) };
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
