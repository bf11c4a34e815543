import { Failure } from '@plumbline/contract/failure';
import { type Problem, problems } from '@plumbline/contract/problem';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** The one place where an error becomes a reply: a failure with its words, anything else with a request id and no more. */
export const replyWithProblem = async (
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> => {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500)
    request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
  await reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
};

/** What may be told of an error. */
export const problemOf = (error: FastifyError | Error, requestId: string): Problem => {
  if (error instanceof Failure) {
    const { code, message, hint } = error;
    return problem({ type: code, status: problems[code], detail: message, ...(hint && { hint }), requestId });
  }
  // fastify's own refusals (no JSON, too large, wrong media type) say what the caller did wrong.
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status >= 400 && status < 500) return problem({ type: 'bad-input', status, detail: error.message, requestId });
  return problem({
    type: 'bug',
    status: 500,
    detail: 'something went wrong inside the control plane',
    hint: `its log (logs/server.log in the home folder) has the cause under request ${requestId}`,
    requestId,
  });
};

const problem = (given: Omit<Problem, 'title'>): Problem => ({ ...given, title: titleOf(given.type) });

const titleOf = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
