import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { Failure } from '@plumbline/contract/failure';
import type { Platform } from '@plumbline/contract/platform';
import { type Route, type RouteName, routes } from '@plumbline/contract/routes';
import fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import { answer } from './answer.ts';
import { refuseForeignCallers } from './foreign-callers.ts';
import { openApi } from './open-api.ts';
import { replyWithProblem } from './problems.ts';
import { signIn } from './sign-in.ts';
import { streamsOf } from './streams.ts';

export interface ServerOptions {
  /** Host names that it may be called by, beside 127.0.0.1, localhost and ::1. */
  readonly hosts?: readonly string[];
  /** Checks each reply against its schema: for tests. */
  readonly checkReplies?: boolean;
  /** Failed sign-ins that one address has in a minute before it is told to wait; 20 when absent. */
  readonly failedSignInsPerMinute?: number;
  /** Milliseconds between the signs of life of an event stream; 10,000 when absent. */
  readonly heartbeatMs?: number;
  readonly logger?: FastifyServerOptions['logger'];
}

/** Larger than the largest secret that may be set, with room for its escapes. */
const bodyLimitBytes = 256 * 1024;

/** So long may requests in hand take when the server closes. */
const closeWithinMs = 5_000;

/** The control plane's HTTP API as a value: every route of the table, and nothing decided here. */
export const createServer = async (platform: Platform, options: ServerOptions = {}): Promise<FastifyInstance> => {
  const app = fastify({
    logger: options.logger ?? false,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: bodyLimitBytes,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200 },
  });
  app.setErrorHandler(replyWithProblem);
  app.setNotFoundHandler((request) => {
    throw new Failure('not-found', `there is no ${request.method} ${request.url.split('?')[0]}`, {
      hint: 'GET /openapi.json lists every route',
    });
  });
  closeWhenIdle(app, closeWithinMs);
  app.addHook('onRequest', refuseForeignCallers(options.hosts ?? []));
  await app.register(helmet);
  await app.register(rateLimit, { global: false });
  addRoutes(app, platform, options);
  const description = JSON.stringify(openApi(routes));
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(description));
  return app;
};

/** Closing waits for requests in hand, not for connections: one that never asked for anything would hold it up a minute. */
const closeWhenIdle = (app: FastifyInstance, withinMs: number): void => {
  let inHand = 0;
  let isClosing = false;
  const cut = (): void => app.server.closeAllConnections();
  app.addHook('onRequest', async (_request, reply) => {
    inHand += 1;
    reply.raw.once('close', () => {
      inHand -= 1;
      if (isClosing && inHand === 0) setImmediate(cut);
    });
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    if (inHand === 0) setImmediate(cut);
    setTimeout(cut, withinMs).unref();
  });
};

const addRoutes = (app: FastifyInstance, platform: Platform, options: ServerOptions): void => {
  const identify = signIn(
    platform,
    app.createRateLimit({ max: options.failedSignInsPerMinute ?? 20, timeWindow: 60_000 }),
  );
  const stream = streamsOf(app, platform, options.heartbeatMs ?? 10_000);
  const reply = answer(platform, options.checkReplies ?? false);
  // Object.entries forgets that the keys are the table's own.
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, response) => {
        const who = await identify(request, name, route);
        return route.reply === 'events' ? stream(name, request, response) : reply(name, who, request);
      },
    });
  }
};
