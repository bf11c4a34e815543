import { expect, test } from 'vitest';
import { ask, startReplica } from './replica.ts';

test('every route is described, with what it takes and what it gives', async () => {
  const { url } = await startReplica();
  const { body } = await ask(url, 'GET', '/api/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  const operations = Object.entries<Record<string, { summary?: string }>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => ({ what: `${method} ${path}`, summary })),
  );
  expect(operations.filter(({ summary }) => !summary)).toEqual([]);
  expect(operations.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['post /api/session', 'get /api/projects/{id}', 'post /api/projects/{id}/documents']),
  );
  const { parameters } = body.paths['/api/projects/{id}/loans'].post;
  expect(parameters.map(({ name }: { name: string }) => name)).toContain('idempotency-key');
});
