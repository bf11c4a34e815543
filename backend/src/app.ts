import fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Hub } from './activity/hub.ts';
import { activityRoutes } from './activity/routes.ts';
import type { Cache } from './cache/cache.ts';
import type { Database } from './database/database.ts';
import { documentRoutes } from './documents/routes.ts';
import type { DocumentStore } from './documents/store.ts';
import type { Draining } from './health/draining.ts';
import { healthRoutes } from './health/routes.ts';
import type { Api } from './http/api.ts';
import { answerError, answerUnknownRoute } from './http/errors.ts';
import { observeRequests } from './http/observe.ts';
import { describeApi } from './http/openapi.ts';
import { requestIdOf } from './http/request-id.ts';
import { reportRoutes } from './loans/report.ts';
import { loanRoutes } from './loans/routes.ts';
import type { Log } from './logging/log.ts';
import type { Metrics } from './metrics/metrics.ts';
import { followRoutes } from './projects/follow-routes.ts';
import { projectRoutes } from './projects/routes.ts';
import { findVisibleBy } from './projects/visible.ts';
import { meRoutes, sessionRoutes } from './sessions/routes.ts';
import { requireUser } from './sessions/signed-in.ts';
import type { Tokens } from './sessions/tokens.ts';
import { smokeRoutes } from './smoke/routes.ts';
import { type Version, versionRoutes } from './version/routes.ts';

export interface Parts {
  readonly database: Database;
  readonly isDatabaseUp: () => Promise<boolean>;
  readonly cache: Cache;
  readonly documents: DocumentStore;
  readonly hub: Hub;
  readonly tokens: Tokens;
  /** What smoke tests log in with; without it they cannot. */
  readonly smokePassword: string | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly draining: Draining;
  readonly version: Version;
}

const SECOND = 1_000;

/** The API over its parts, not yet listening. */
export async function createApp(parts: Parts): Promise<Api> {
  const api = fastify({
    genReqId: requestIdOf,
    bodyLimit: 100 * 1024,
    requestTimeout: 60 * SECOND,
    // Longer than the proxies before us keep theirs, so that it is never we who close a connection they are about to use.
    keepAliveTimeout: 75 * SECOND,
    http: { headersTimeout: 10 * SECOND },
    // While draining, what still comes over an open connection is answered, and the connection closed after it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();

  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.setErrorHandler(answerError(parts.log));
  api.setNotFoundHandler(answerUnknownRoute);
  observeRequests(api, parts.log, parts.metrics);
  api.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    if (parts.draining.hasBegun()) reply.header('connection', 'close');
  });

  await describeApi(api, parts.version.version);
  healthRoutes(api, parts);
  versionRoutes(api, parts.version);
  sessionRoutes(api, parts);
  await api.register(async (guarded: Api) => {
    const sources = { ...parts, findVisible: findVisibleBy(parts.database, parts.cache) };
    guarded.addHook('onRequest', requireUser(parts.tokens));
    meRoutes(guarded);
    projectRoutes(guarded, sources);
    followRoutes(guarded, sources);
    loanRoutes(guarded, sources);
    reportRoutes(guarded, sources);
    documentRoutes(guarded, sources);
    activityRoutes(guarded, sources);
    smokeRoutes(guarded, sources);
  });
  return api;
}
