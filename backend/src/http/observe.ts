import type { FastifyRequest } from 'fastify';
import { runInRequest } from '../logging/current-request.ts';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Api } from './api.ts';

const PROBES = ['/api/livez', '/api/readyz', '/api/health'];

/** Gives every request its id, and tells log and metrics of every answer. */
export function observeRequests(api: Api, log: Log, metrics: Metrics): void {
  api.addHook('onRequest', (request, reply, next) => {
    reply.header('x-request-id', request.id);
    runInRequest({ requestId: request.id }, next);
  });

  // Parsing a body goes on from the socket's events, which know nothing of the request.
  api.addHook('preValidation', (request, _reply, next) => runInRequest({ requestId: request.id }, next));

  api.addHook('onResponse', async (request, reply) => {
    const route = templateOf(request);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    // How long somebody listened to events is not how long an answer took.
    const isEndless = reply.getHeader('content-type') === 'text/event-stream';
    const tags = { method: request.method, route, status: String(reply.statusCode) };
    metrics.requestAnswered(tags, isEndless ? undefined : reply.elapsedTime);
    runInRequest({ requestId: request.id }, () => {
      const fields = { method: request.method, route, status: reply.statusCode, ms };
      if (PROBES.includes(route) && reply.statusCode < 500) log.debug('probe answered', fields);
      else log.info('request answered', fields);
    });
  });
}

const templateOf = (request: FastifyRequest) => request.routeOptions.url ?? 'unknown';
