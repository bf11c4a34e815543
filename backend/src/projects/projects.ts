import { z } from 'zod';
import type { Kind } from '../cache/cache.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { User } from '../sessions/users.ts';
import { isSmokeUser } from '../smoke/smoke-user.ts';

export const projectStatus = z.enum(['planning', 'active', 'paused', 'completed']);

/** Amounts are whole cents, at most ten billion dollars, which a JSON number holds exactly. */
export const cents = z.int().positive().max(1_000_000_000_000);

export const project = z.object({
  id: z.uuid(),
  name: z.string(),
  address: z.string(),
  status: projectStatus,
  budgetCents: cents,
  builderId: z.uuid(),
  builderName: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** As it is kept: what smoke tests made is marked. What an older release has cached was made by somebody else. */
const keptProject = project.extend({ isSmoke: z.boolean().default(false) });

export type Project = z.infer<typeof keptProject>;

export const cachedProject: Kind<Project> = { name: 'project', version: 1, shape: keptProject, ttlSeconds: 300 };

export const newProject = z.object({
  name: z.string().trim().min(1).max(120),
  address: z.string().trim().min(1).max(200),
  budgetCents: cents,
});

export const projectChange = z
  .object({ ...newProject.shape, status: projectStatus })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'change at least one field');

export const projectFilter = z.object({
  status: projectStatus.optional(),
  followed: z.stringbool().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(100_000).default(0),
});

/** A builder sees the projects that are theirs; lenders look for what to lend on, and see all but what smoke tests made. */
export const mayView = (user: User, project: Project) =>
  project.builderId === user.id || (user.role === 'lender' && !project.isSmoke);

export const mayChange = (user: User, project: Project) => project.builderId === user.id;

const columns = {
  id: 'projects.id',
  name: 'projects.name',
  address: 'projects.address',
  status: 'projects.status',
  budgetCents: 'projects.budget_cents',
  builderId: 'projects.builder_id',
  builderName: 'users.name',
  createdAt: 'projects.created_at',
  updatedAt: 'projects.updated_at',
  isSmoke: 'projects.is_smoke',
};

const withBuilder = (database: Database) =>
  database('projects').join('users', 'users.id', 'projects.builder_id').select(columns);

export async function findProject(database: Database, id: string): Promise<Project | undefined> {
  const row = await withBuilder(database).where('projects.id', id).first();
  return row && fromRow(row);
}

export async function listProjects(
  database: Database,
  user: User,
  filter: z.infer<typeof projectFilter>,
): Promise<{ projects: Project[]; total: number }> {
  const visible = database('projects').modify((query) => {
    if (user.role === 'builder') query.where('builder_id', user.id);
    else query.where('is_smoke', false);
    if (filter.status) query.where('status', filter.status);
    if (filter.followed) query.whereIn('id', database('follows').select('project_id').where('lender_id', user.id));
  });
  const page = withBuilder(database)
    .whereIn('projects.id', visible.clone().select('id'))
    .orderBy([{ column: 'projects.created_at', order: 'desc' }, 'projects.id'])
    .limit(filter.limit)
    .offset(filter.offset);
  const [rows, counted] = await Promise.all([page, visible.clone().count('* as count').first()]);
  return { projects: rows.map(fromRow), total: Number(counted?.count) };
}

export async function insertProject(
  transaction: Transaction,
  builder: User,
  { name, address, budgetCents }: z.infer<typeof newProject>,
): Promise<Project> {
  const isSmoke = isSmokeUser(builder);
  const told = { name, address, status: 'planning' };
  const row = { ...told, builder_id: builder.id, budget_cents: budgetCents, is_smoke: isSmoke };
  const [inserted] = await transaction('projects').insert(row, ['id', 'created_at', 'updated_at']);
  return fromRow({
    ...{ ...told, id: inserted.id, budgetCents, builderId: builder.id, builderName: builder.name, isSmoke },
    ...{ createdAt: inserted.created_at, updatedAt: inserted.updated_at },
  });
}

export async function updateProject(
  transaction: Transaction,
  id: string,
  change: z.infer<typeof projectChange>,
): Promise<void> {
  const { budgetCents, ...rest } = change;
  const row = { ...rest, ...(budgetCents && { budget_cents: budgetCents }), updated_at: transaction.fn.now() };
  await transaction('projects').where({ id }).update(row);
}

type Row = Record<keyof Project, unknown> & { createdAt: Date; updatedAt: Date };

function fromRow(row: Row): Project {
  return keptProject.parse({
    ...row,
    budgetCents: Number(row.budgetCents),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  });
}
