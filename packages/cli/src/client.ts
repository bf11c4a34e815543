import { randomUUID } from 'node:crypto';
import type { LogLine } from '@plumbline/contract/agent';
import type { Progress } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { AnsweredRoute, ReplyOf } from '@plumbline/contract/platform';
import { type Problem, problemSchema } from '@plumbline/contract/problem';
import { type Route, type RouteName, routes } from '@plumbline/contract/routes';
import { Agent, type Dispatcher } from 'undici';
import type { z } from 'zod';
import type { Connection } from './connection.ts';

type Routes = typeof routes;
type Part<N extends RouteName, Key extends string> = Routes[N] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? z.input<Schema>
  : unknown;

/** What a call of a route is given: params, query and body in one object, before they are parsed. */
export type CallInput<N extends RouteName> = Readonly<Part<N, 'params'> & Part<N, 'query'> & Part<N, 'body'>>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The same key makes a repeated call the same call; one is made up when absent. */
  readonly idempotencyKey?: string;
}

export interface Client {
  /** Calls a route and checks what it answers. */
  call<N extends AnsweredRoute>(name: N, input: CallInput<N>, options?: CallOptions): Promise<ReplyOf<N>>;
  /** Opens a stream of a route; the answer's body is its text as it comes. */
  open(name: 'events' | 'logs', input: StreamInput, options: StreamOptions): Promise<Dispatcher.ResponseData>;
  /** Ends its connections. */
  close(): Promise<void>;
}

export type StreamInput = CallInput<'events'> | CallInput<'logs'>;
export type StreamItem = Progress | LogLine;

export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly lastEventId?: number;
}

/** A call that is not answered within this time has failed. */
const answerWithinMs = 60_000;

/** Calls the control plane. It is looked up for each call, since it may have come back at another port. */
export const createClient = (connect: () => Promise<Connection>, whenAway: (cause: unknown) => Failure): Client => {
  const agent = new Agent({ headersTimeout: answerWithinMs, bodyTimeout: answerWithinMs });
  const send = async (name: RouteName, input: object, more: CallOptions & { readonly lastEventId?: number }) => {
    const connection = await connect();
    const route: Route = routes[name];
    const { path, query, body } = split(route, input);
    const answer = await agent
      .request({
        origin: connection.url,
        path,
        method: route.method,
        query,
        headers: headersOf(route, connection, more),
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(more.signal && { signal: more.signal }),
      })
      .catch((error) => Promise.reject(translated(error, more.signal, whenAway)));
    if (answer.statusCode >= 300) throw failureOf(await answer.body.text(), answer.statusCode, connection.url);
    return answer;
  };
  return {
    call: async (name, input, options = {}) => {
      const answer = await send(name, input, options);
      const reply = await answer.body
        .json()
        .catch((error) => Promise.reject(translated(error, options.signal, whenAway)));
      const route: Route = routes[name];
      // The schema is this very route's, and only streams have none.
      return (route.reply as z.ZodType).parse(reply) as ReplyOf<typeof name>;
    },
    open: (name, input, options) => send(name, input, options),
    close: () => agent.destroy(),
  };
};

const split = (route: Route, input: object) => {
  const rest: Record<string, unknown> = { ...input };
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = encodeURIComponent(String(rest[name]));
    delete rest[name];
    return value;
  });
  const query: Record<string, string> = {};
  for (const name of Object.keys(route.query?.shape ?? {})) {
    if (rest[name] !== undefined) query[name] = String(rest[name]);
    delete rest[name];
  }
  return { path, query, body: route.body ? rest : undefined };
};

const headersOf = (route: Route, { token }: Connection, more: CallOptions & { readonly lastEventId?: number }) => ({
  ...(token !== null && { authorization: `Bearer ${token}` }),
  ...(route.body && { 'content-type': 'application/json' }),
  ...(route.method !== 'GET' && { 'idempotency-key': more.idempotencyKey ?? randomUUID() }),
  ...(more.lastEventId !== undefined && { 'last-event-id': String(more.lastEventId) }),
});

const unreachable = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
];

const translated = (
  error: unknown,
  signal: AbortSignal | undefined,
  whenAway: (cause: unknown) => Failure,
): unknown => {
  if (signal?.aborted) return new Failure('interrupted', 'interrupted', { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (unreachable.includes(code) || isTornAnswer(error)) return whenAway(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') {
    return new Failure('deadline', `the control plane did not answer within ${answerWithinMs / 1000} s`, {
      hint: 'its log is logs/server.log in the home folder',
      cause: error,
    });
  }
  return error;
};

/** The process at the other side ended in the middle of its answer. */
const isTornAnswer = (error: unknown): boolean => error instanceof Error && error.name === 'HTTPParserError';

/** The failure that a problem reply tells of. */
export const failureOf = (text: string, status: number, url: string): Failure => {
  const problem = problemIn(text);
  if (problem)
    return new Failure(problem.type, problem.detail, problem.hint === undefined ? {} : { hint: problem.hint });
  return new Failure('server-unreachable', `${url} answered ${status}, and not as a Plumbline control plane does`, {
    hint: 'another program may listen there: see PLUMBLINE_URL and control.json in the home folder',
  });
};

const problemIn = (text: string): (Problem & { type: Failure['code'] }) | null => {
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    // Not a problem of ours: the caller says what answered instead.
    return null;
  }
};
