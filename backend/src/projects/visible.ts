import type { Cache } from '../cache/cache.ts';
import type { Database } from '../database/database.ts';
import { notFound } from '../http/problem.ts';
import type { User } from '../sessions/users.ts';
import { cachedProject, findProject, mayView, type Project } from './projects.ts';

/** Finds a project for somebody who wants to see it, or with it what belongs to it. */
export type FindVisible = (user: User, projectId: string) => Promise<Project>;

export function findVisibleBy(database: Database, cache: Cache): FindVisible {
  return async (user, projectId) => {
    const found = await cache.read(cachedProject, projectId, () => findProject(database, projectId));
    if (!found || !mayView(user, found)) throw notFound('project');
    return found;
  };
}
