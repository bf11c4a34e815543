import { Failure } from '@plumbline/contract/failure';
import type { Route } from '@plumbline/contract/routes';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

/** Parses params, query and body by the route's schemas and merges them. A field that the schema does not know is an error. */
export const inputOf = (route: Route, request: FastifyRequest): Record<string, unknown> => ({
  ...parsed('path', route.params, request.params),
  ...parsed('query', route.query ?? z.object({}), request.query),
  ...parsed('body', route.body, request.body ?? {}),
});

const parsed = (place: string, schema: z.ZodType | undefined, value: unknown): object => {
  if (schema === undefined) return {};
  const outcome = (schema instanceof z.ZodObject ? schema.strict() : schema).safeParse(value);
  if (outcome.success) return Object(outcome.data);
  throw new Failure('bad-input', outcome.error.issues.map((issue) => wordsOf(place, issue)).join('; '));
};

const wordsOf = (place: string, issue: z.core.$ZodIssue): string => {
  const field = issue.path.join('.');
  return field === '' ? `${place}: ${issue.message}` : `${place}.${field}: ${issue.message}`;
};
