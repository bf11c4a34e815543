import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import type { User } from '../sessions/users.ts';

/** The channel on which every replica hears of a new entry, once its transaction is committed. */
export const ACTIVITY_CHANNEL = 'connect2_activity';

export const activityEntry = z.object({
  id: z.int(),
  projectId: z.uuid(),
  projectName: z.string(),
  actorName: z.string(),
  entityType: z.enum(['project', 'loan', 'document']),
  entityId: z.uuid(),
  summary: z.string(),
  at: z.iso.datetime(),
});

export type ActivityEntry = z.infer<typeof activityEntry>;

export const activityPage = z.object({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

export interface Deed {
  readonly projectId: string;
  readonly entityType: ActivityEntry['entityType'];
  readonly entityId: string;
  readonly summary: string;
}

/** Part of the transaction of what it tells: either both are there, or neither is. */
export async function recordActivity(transaction: Transaction, actor: User, deed: Deed): Promise<void> {
  const { projectId, entityType, entityId, summary } = deed;
  const row = { project_id: projectId, actor_id: actor.id, entity_type: entityType, entity_id: entityId, summary };
  const [inserted] = await transaction('activity_log').insert(row, ['id']);
  await transaction.raw('select pg_notify(?, ?)', [ACTIVITY_CHANNEL, String(inserted.id)]);
}

const entries = (database: Database) =>
  database('activity_log')
    .join('projects', 'projects.id', 'activity_log.project_id')
    .join('users', 'users.id', 'activity_log.actor_id')
    .select({
      id: 'activity_log.id',
      projectId: 'activity_log.project_id',
      projectName: 'projects.name',
      actorName: 'users.name',
      entityType: 'activity_log.entity_type',
      entityId: 'activity_log.entity_id',
      summary: 'activity_log.summary',
      at: 'activity_log.created_at',
    });

export async function listProjectActivity(
  database: Database,
  projectId: string,
  page: z.infer<typeof activityPage>,
): Promise<ActivityEntry[]> {
  return newestOf(entries(database).where('activity_log.project_id', projectId), page);
}

/** A builder's own projects, and the projects that a lender follows. */
export async function listActivityFor(
  database: Database,
  user: User,
  page: z.infer<typeof activityPage>,
): Promise<ActivityEntry[]> {
  const theirs =
    user.role === 'builder'
      ? database('projects').select('id').where('builder_id', user.id)
      : database('follows').select('project_id').where('lender_id', user.id);
  return newestOf(entries(database).whereIn('activity_log.project_id', theirs), page);
}

async function newestOf(
  query: ReturnType<typeof entries>,
  { before, limit }: z.infer<typeof activityPage>,
): Promise<ActivityEntry[]> {
  if (before) query.where('activity_log.id', '<', before);
  const rows = await query.orderBy('activity_log.id', 'desc').limit(limit);
  return rows.map(fromRow);
}

/** An entry with those whom it concerns. */
export interface Told {
  readonly entry: ActivityEntry;
  readonly userIds: readonly string[];
}

const CATCH_UP_AT_MOST = 500;

/** Entries by their ids, or those after one, eldest first, each with the project's builder and followers. */
export async function findTold(
  database: Database,
  which: { readonly ids: readonly number[] } | { readonly after: number },
): Promise<Told[]> {
  const concerned = 'array_append(array(select lender_id from follows where project_id = projects.id), builder_id)';
  const query = entries(database).select({ userIds: database.raw(concerned) });
  if ('ids' in which) query.whereIn('activity_log.id', [...which.ids]);
  else query.where('activity_log.id', '>', which.after).limit(CATCH_UP_AT_MOST);
  const rows = await query.orderBy('activity_log.id');
  return rows.map((row) => ({ entry: fromRow(row), userIds: z.array(z.uuid()).parse(row.userIds) }));
}

function fromRow({ userIds: _, ...row }: Record<string, unknown>): ActivityEntry {
  return activityEntry.parse({
    ...row,
    id: Number(row.id),
    at: row.at instanceof Date ? row.at.toISOString() : row.at,
  });
}
