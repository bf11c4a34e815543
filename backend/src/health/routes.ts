import { z } from 'zod';
import type { Cache } from '../cache/cache.ts';
import type { DocumentStore } from '../documents/store.ts';
import type { Api } from '../http/api.ts';
import { Problem } from '../http/problem.ts';
import type { Draining } from './draining.ts';

const state = z.enum(['up', 'down']);
const health = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  database: state,
  cache: z.enum(['up', 'down', 'off']),
  documents: state,
});

type Health = z.infer<typeof health>;

export interface HealthSources {
  readonly isDatabaseUp: () => Promise<boolean>;
  readonly cache: Pick<Cache, 'state'>;
  readonly documents: Pick<DocumentStore, 'isReachable'>;
  readonly draining: Pick<Draining, 'hasBegun'>;
}

export function healthRoutes(api: Api, { isDatabaseUp, cache, documents, draining }: HealthSources): void {
  api.get('/api/health', {
    schema: { summary: 'The state of what the API stands on', response: { 200: health, 503: health } },
    handler: async (_request, reply) => {
      const [database, store] = await Promise.all([isDatabaseUp(), documents.isReachable()]);
      reply.code(database ? 200 : 503);
      return judge({ database: upOrDown(database), cache: cache.state(), documents: upOrDown(store) });
    },
  });

  // The process alone: restarting it mends no database.
  api.get('/api/livez', {
    schema: { summary: 'The process runs', response: { 200: z.object({ live: z.literal(true) }) } },
    handler: async () => ({ live: true }) as const,
  });

  // Cache and documents do not count: without them most routes answer, and every replica would fail at once.
  api.get('/api/readyz', {
    schema: { summary: 'Requests may be sent here', response: { 200: z.object({ ready: z.literal(true) }) } },
    handler: async () => {
      if (draining.hasBegun()) throw new Problem(503, 'draining', 'This process is on its way out.');
      if (!(await isDatabaseUp())) throw new Problem(503, 'unavailable', 'The database cannot be reached.');
      return { ready: true } as const;
    },
  });
}

// Without a database there is no API; without the others there is less of one.
function judge(states: Omit<Health, 'status'>): Health {
  if (states.database === 'down') return { status: 'down', ...states };
  return { status: Object.values(states).includes('down') ? 'degraded' : 'ok', ...states };
}

const upOrDown = (isUp: boolean) => (isUp ? 'up' : 'down');
