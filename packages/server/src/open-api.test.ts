import { routes } from '@plumbline/contract/routes';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openApi } from './open-api.ts';

const described = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))) })
  .parse(openApi(routes));

test('every route is described once, by its name', () => {
  const names = Object.values(described.paths).flatMap((methods) =>
    Object.values(methods).map((one) => one.operationId),
  );
  expect(names.sort()).toEqual(Object.keys(routes).sort());
});

test('a parameter says where it is, whether it is needed and what it may be', () => {
  expect(described.paths['/api/environments/{environment}/logs']?.get).toMatchObject({
    parameters: expect.arrayContaining([
      expect.objectContaining({ name: 'environment', in: 'path', required: true }),
      expect.objectContaining({ name: 'tail', in: 'query', required: false }),
    ]),
  });
});

test('a write takes a body and an idempotency key', () => {
  expect(described.paths['/api/climbs']?.post).toMatchObject({
    parameters: [expect.objectContaining({ name: 'Idempotency-Key', in: 'header' })],
    requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
  });
});
