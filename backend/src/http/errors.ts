import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isDatabaseAway, isDatabaseBusy } from '../database/outage.ts';
import type { Log } from '../logging/log.ts';
import { Problem } from './problem.ts';

/** The one door through which every error leaves as a problem; what is not the caller's fault is logged. */
export const answerError = (log: Log) => (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const problem = toProblem(error);
  if (problem.status >= 500)
    log.error('request failed', { method: request.method, route: request.routeOptions.url, error });
  // A body that began to stream cannot become a problem any more: the connection is cut, and the client sees that.
  if (reply.raw.headersSent) return reply.raw.destroy();
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds);
  return reply.code(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
};

export const answerUnknownRoute = (request: FastifyRequest, reply: FastifyReply) => {
  const problem = new Problem(
    404,
    'no-such-route',
    `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
  );
  return reply.code(404).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
};

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseAway(error)) return unavailable('The database cannot be reached; try again shortly.');
  if (isDatabaseBusy(error)) return unavailable('The database is busy; try again shortly.');
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error);
  if (isRefusal(error)) return new Problem(error.statusCode, 'refused', error.message);
  return new Problem(500, 'internal', 'Something went wrong here; it has been logged.');
}

const unavailable = (detail: string) => new Problem(503, 'unavailable', detail, { retryAfterSeconds: 1 });

function invalid(error: Parameters<typeof fields>[0]): Problem {
  return new Problem(400, 'invalid', fields(error));
}

function fields(error: { validation: { instancePath: string; message?: string | undefined }[] }): string {
  const sentences = error.validation.map(({ instancePath, message }) => {
    const field = instancePath.split('/').filter(Boolean).join('.');
    return `${field || 'the request'}: ${message ?? 'is not valid'}`;
  });
  return sentences.join('; ');
}

function isRefusal(error: unknown): error is FastifyError & { statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}
