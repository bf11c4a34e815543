import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Api } from '../http/api.ts';
import { forbidden } from '../http/problem.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { follow, unfollow } from './follows.ts';
import type { FindVisible } from './visible.ts';

const byId = z.object({ id: z.uuid() });

/** Following twice is following, so these need no key to be sent again. */
export function followRoutes(
  api: Api,
  { database, findVisible }: { database: Database; findVisible: FindVisible },
): void {
  api.put('/api/projects/:id/follow', {
    schema: { summary: 'Follow a project', params: byId, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const user = signedIn(request);
      if (user.role !== 'lender') throw forbidden('Only lenders follow projects.');
      const { id } = await findVisible(user, request.params.id);
      await follow(database, user.id, id);
      return reply.code(204).send(null);
    },
  });

  api.delete('/api/projects/:id/follow', {
    schema: { summary: 'Stop following a project', params: byId, response: { 204: z.null() } },
    handler: async (request, reply) => {
      await unfollow(database, signedIn(request).id, request.params.id);
      return reply.code(204).send(null);
    },
  });
}
