import { z } from 'zod';
import { recordActivity } from '../activity/activity.ts';
import type { Cache } from '../cache/cache.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { Api } from '../http/api.ts';
import { forbidden, notFound } from '../http/problem.ts';
import { create, writeHeaders } from '../http/writes.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { isFollowing } from './follows.ts';
import {
  cachedProject,
  findProject,
  insertProject,
  listProjects,
  mayChange,
  newProject,
  project,
  projectChange,
  projectFilter,
  updateProject,
} from './projects.ts';
import type { FindVisible } from './visible.ts';

const byId = z.object({ id: z.uuid() });
const projectPage = z.object({ projects: z.array(project), total: z.int() });
const seenProject = project.extend({ isFollowed: z.boolean() });

interface Sources {
  readonly database: Database;
  readonly cache: Cache;
  readonly findVisible: FindVisible;
}

export function projectRoutes(api: Api, sources: Sources): void {
  listRoute(api, sources);
  viewRoute(api, sources);
  beginRoute(api, sources);
  changeRoute(api, sources);
}

function listRoute(api: Api, { database }: Sources): void {
  api.get('/api/projects', {
    schema: {
      summary: 'The projects that the user may see',
      querystring: projectFilter,
      response: { 200: projectPage },
    },
    handler: (request) => listProjects(database, signedIn(request), request.query),
  });
}

function viewRoute(api: Api, { database, findVisible }: Sources): void {
  api.get('/api/projects/:id', {
    schema: { summary: 'One project', params: byId, response: { 200: seenProject } },
    handler: async (request) => {
      const user = signedIn(request);
      const found = await findVisible(user, request.params.id);
      const isFollowed = user.role === 'lender' && (await isFollowing(database, user.id, found.id));
      return { ...found, isFollowed };
    },
  });
}

function beginRoute(api: Api, { database, cache }: Sources): void {
  api.post('/api/projects', {
    schema: { summary: 'Begin a project', headers: writeHeaders, body: newProject, response: { 201: project } },
    handler: async (request, reply) => {
      const user = signedIn(request);
      if (user.role !== 'builder') throw forbidden('Only builders begin projects.');
      const work = async (transaction: Transaction) => {
        const made = await insertProject(transaction, user, request.body);
        await recordActivity(transaction, user, { ...deedOn(made.id), summary: 'began the project' });
        return made;
      };
      const { body } = await create(database, request, reply, { shape: project, asked: request.body, work });
      // Somebody may have asked for the id before it was there, and that there is nothing is cached too.
      await cache.invalidate(cachedProject, body.id);
      return body;
    },
  });
}

function changeRoute(api: Api, { database, cache, findVisible }: Sources): void {
  api.patch('/api/projects/:id', {
    schema: { summary: 'Change a project', params: byId, body: projectChange, response: { 200: project } },
    handler: async (request) => {
      const user = signedIn(request);
      const before = await findVisible(user, request.params.id);
      if (!mayChange(user, before)) throw forbidden('Only its builder changes a project.');
      await database.transaction(async (transaction) => {
        await updateProject(transaction, before.id, request.body);
        const summary = `changed ${Object.keys(request.body).map(describeField).join(', ')}`;
        await recordActivity(transaction, user, { ...deedOn(before.id), summary });
      });
      await cache.invalidate(cachedProject, before.id);
      const after = await findProject(database, before.id);
      if (!after) throw notFound('project');
      return after;
    },
  });
}

const deedOn = (id: string) => ({ projectId: id, entityType: 'project', entityId: id }) as const;

const describeField = (field: string) => (field === 'budgetCents' ? 'the budget' : `the ${field}`);
