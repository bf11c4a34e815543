import { problemSchema } from '@plumbline/contract/problem';
import type { Route } from '@plumbline/contract/routes';
import { z } from 'zod';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 description of a route table. */
export const openApi = (routes: Readonly<Record<string, Route>>): Json => {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Plumbline control plane', version: '1' },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
    },
  };
};

const operation = (name: string, route: Route): Json => ({
  operationId: name,
  summary: route.summary,
  description: route.roles === 'anyone' ? 'Needs no token.' : `For ${route.roles.join(', ')}.`,
  security: route.roles === 'anyone' ? [] : [{ token: [] }],
  parameters: [...parameters('path', route.params), ...parameters('query', route.query), ...idempotencyKey(route)],
  ...(route.body && {
    requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } },
  }),
  responses: {
    200: { description: route.summary, content: content(route) },
    default: {
      description: 'What went wrong',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
});

const content = (route: Route): Json =>
  route.reply === 'events'
    ? { 'text/event-stream': { schema: { type: 'string' } } }
    : { 'application/json': { schema: jsonSchema(route.reply, 'output') } };

const parameters = (place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] =>
  Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    // A field of a ZodObject is at least a core type, which is all that toJSONSchema and safeParse of undefined need.
    required: !(field as z.ZodType).safeParse(undefined).success,
    schema: jsonSchema(field as z.ZodType, 'input'),
  }));

const idempotencyKey = (route: Route): Json[] =>
  route.method === 'GET'
    ? []
    : [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description: 'A call with a key that was seen before answers what the first one answered.',
          schema: { type: 'string', maxLength: 200 },
        },
      ];

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};
