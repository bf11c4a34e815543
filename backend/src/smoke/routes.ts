import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Cache } from '../cache/cache.ts';
import type { Database } from '../database/database.ts';
import type { DocumentStore } from '../documents/store.ts';
import type { Api } from '../http/api.ts';
import { forbidden, notFound } from '../http/problem.ts';
import { cachedProject } from '../projects/projects.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { type Deleted, deleteSmokeLeftovers, deleteSmokeProject } from './smoke-rows.ts';
import { isSmokeUser } from './smoke-user.ts';

interface Sources {
  readonly database: Database;
  readonly cache: Cache;
  readonly documents: DocumentStore;
}

/** Smoke tests clean up after themselves, and after others that could not. Nothing else is ever deleted. */
export function smokeRoutes(api: Api, sources: Sources): void {
  api.delete('/api/smoke/leftovers', {
    schema: {
      summary: 'Delete what smoke tests that were cut short left',
      response: { 200: z.object({ removed: z.int() }) },
    },
    onRequest: requireSmokeUser,
    handler: async () => {
      const deleted = await deleteSmokeLeftovers(sources.database);
      await forget(sources, deleted);
      return { removed: deleted.projectIds.length };
    },
  });

  api.delete('/api/smoke/projects/:id', {
    schema: {
      summary: 'Delete a project that a smoke test made',
      params: z.object({ id: z.uuid() }),
      response: { 204: z.null() },
    },
    onRequest: requireSmokeUser,
    handler: async (request, reply) => {
      const deleted = await deleteSmokeProject(sources.database, request.params.id);
      if (deleted.projectIds.length === 0) throw notFound('project of a smoke test');
      await forget(sources, deleted);
      return reply.code(204).send(null);
    },
  });
}

async function requireSmokeUser(request: FastifyRequest): Promise<void> {
  if (!isSmokeUser(signedIn(request))) throw forbidden('Only the smoke test deletes, and only what it made itself.');
}

async function forget({ cache, documents }: Sources, { projectIds, objectKeys }: Deleted): Promise<void> {
  await Promise.all(projectIds.map((id) => cache.invalidate(cachedProject, id)));
  await Promise.all(objectKeys.map((name) => documents.remove(name)));
}
