import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Draining } from '../health/draining.ts';
import type { Api } from '../http/api.ts';
import type { FindVisible } from '../projects/visible.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { activityEntry, activityPage, findTold, listActivityFor, listProjectActivity } from './activity.ts';
import { openEventStream } from './event-stream.ts';
import type { Hub } from './hub.ts';

const entries = z.object({ activity: z.array(activityEntry) });

const lastSeen = z.object({ 'last-event-id': z.coerce.number().int().nonnegative().optional() });

interface Sources {
  readonly database: Database;
  readonly findVisible: FindVisible;
  readonly hub: Pick<Hub, 'follow'>;
  readonly draining: Pick<Draining, 'onBegin'>;
}

export function activityRoutes(api: Api, { database, findVisible, hub, draining }: Sources): void {
  api.get('/api/activity', {
    schema: { summary: 'What happened lately', querystring: activityPage, response: { 200: entries } },
    handler: async (request) => ({ activity: await listActivityFor(database, signedIn(request), request.query) }),
  });

  api.get('/api/projects/:id/activity', {
    schema: {
      summary: 'What happened to a project',
      params: z.object({ id: z.uuid() }),
      querystring: activityPage,
      response: { 200: entries },
    },
    handler: async (request) => {
      const { id } = await findVisible(signedIn(request), request.params.id);
      return { activity: await listProjectActivity(database, id, request.query) };
    },
  });

  api.get('/api/activity/events', {
    schema: { summary: 'Activity as it happens, as server-sent events', headers: lastSeen },
    handler: async (request, reply) => {
      const user = signedIn(request);
      const stream = openEventStream();
      const ends = [hub.follow({ userId: user.id, tell: stream.tell }), draining.onBegin(stream.goodbye)];
      stream.bytes.once('close', () => {
        for (const end of ends) end();
      });
      const after = request.headers['last-event-id'];
      if (after !== undefined) {
        const missed = await findTold(database, { after });
        for (const { entry, userIds } of missed) if (userIds.includes(user.id)) stream.tell(entry);
      }
      return reply.header('content-type', 'text/event-stream').send(stream.bytes);
    },
  });
}
