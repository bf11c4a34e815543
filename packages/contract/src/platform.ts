import type { z } from 'zod';
import type { LogLine } from './agent.ts';
import type { Progress } from './delivery.ts';
import type { Identity } from './identity.ts';
import type { RouteName, routes } from './routes.ts';

type Routes = typeof routes;
type Part<N extends RouteName, Key extends string> = Routes[N] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : unknown;

/** What a route is given: its params, query and body, parsed and merged into one object. */
export type InputOf<N extends RouteName> = Readonly<Part<N, 'params'> & Part<N, 'query'> & Part<N, 'body'>>;

/** Routes that answer by a stream of server-sent events. */
export type StreamRoute = { [N in RouteName]: Routes[N]['reply'] extends 'events' ? N : never }[RouteName];

/** Routes that one call answers. */
export type AnsweredRoute = Exclude<RouteName, StreamRoute>;

/** What a route answers, before it is written as JSON. */
export type ReplyOf<N extends AnsweredRoute> = Part<N, 'reply'>;

/** Routes that are for whoever has a token: the platform is told who asks. */
type SignedInRoute = Exclude<AnsweredRoute, 'health'>;

/**
 * What the control plane can do, as the server sees it: one method per route, named like it. The server has parsed the
 * input and checked the role; rules that need more than the role (who asked may not approve) are the platform's, which
 * throws a `Failure`. An idempotency key that was seen before answers what the first call answered.
 */
export type Platform = {
  readonly [N in SignedInRoute]: (input: InputOf<N>, who: Identity, idempotencyKey?: string) => Promise<ReplyOf<N>>;
} & {
  health(): Promise<ReplyOf<'health'>>;
  /** Whose token this is; null when it is unknown, expired or revoked. */
  authenticate(token: string): Promise<Identity | null>;
  /**
   * What happened after `after` (without it: from now on), oldest first, then as it happens, until the signal fires; it
   * then ends without an error.
   */
  events(query: InputOf<'events'>, signal: AbortSignal): AsyncIterable<Progress>;
  /** The last `tail` lines, and with `follow` the later ones until the signal fires; it then ends without an error. */
  logs(query: InputOf<'logs'>, signal: AbortSignal): AsyncIterable<LogLine>;
};

/** What the composition root opens: a platform with a life. */
export type OpenedPlatform = Platform & {
  /** Fires when this instance may no longer act: its lease was lost. The process then ends with exit code 75. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
};
