import { expect, test } from 'vitest';
import { BEA, BO, LENA, logIn, projectOf, startReplica } from './replica.ts';

const lofts = { name: 'Quarry Lofts', address: '1 Quarry Lane', budgetCents: 900_000_000 };

test('a lender sees all projects, a builder their own', async () => {
  const replica = await startReplica();
  const [lena, bo] = [await logIn(replica, LENA), await logIn(replica, BO)];
  expect((await lena.ask('GET', '/api/projects')).body.total).toBe(40);
  const { projects, total } = (await bo.ask('GET', '/api/projects')).body;
  expect(total).toBe(10);
  expect(new Set(projects.map((project: { builderName: string }) => project.builderName))).toEqual(
    new Set(['Bo Lindqvist']),
  );
});

test('projects come by status and page by page', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const paused = (await lena.ask('GET', '/api/projects?status=paused&limit=100')).body;
  expect(paused.projects).toHaveLength(paused.total);
  expect(paused.projects.every((project: { status: string }) => project.status === 'paused')).toBe(true);

  const first = (await lena.ask('GET', '/api/projects?limit=20')).body.projects;
  const second = (await lena.ask('GET', '/api/projects?limit=20&offset=20')).body.projects;
  expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(40);
});

test('a builder begins a project, changes it, and it tells of both', async () => {
  const bo = await logIn(await startReplica(), BO);
  const made = await bo.ask('POST', '/api/projects', { json: lofts });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...lofts, status: 'planning', builderName: 'Bo Lindqvist' });

  const path = `/api/projects/${made.body.id}`;
  const changed = await bo.ask('PATCH', path, { json: { status: 'active', budgetCents: 950_000_000 } });
  expect(changed.body).toMatchObject({ name: lofts.name, status: 'active', budgetCents: 950_000_000 });
  expect((await bo.ask('GET', path)).body).toMatchObject(changed.body);
  const { activity } = (await bo.ask('GET', `${path}/activity`)).body;
  expect(activity.map(({ summary }: { summary: string }) => summary)).toEqual([
    'changed the budget, the status',
    'began the project',
  ]);
});

test('what is another builder’s is not to be seen or changed', async () => {
  const replica = await startReplica();
  const [bo, bea] = [await logIn(replica, BO), await logIn(replica, BEA)];
  const path = `/api/projects/${await projectOf(bo)}`;
  for (const [method, json] of [['GET'], ['PATCH', { status: 'active' }]] as const) {
    expect((await bea.ask(method, path, { json })).status).toBe(404);
  }
});

test('lenders do not begin or change projects, and builders follow none', async () => {
  const replica = await startReplica();
  const [lena, bo] = [await logIn(replica, LENA), await logIn(replica, BO)];
  const path = `/api/projects/${await projectOf(bo)}`;
  expect((await lena.ask('POST', '/api/projects', { json: lofts })).status).toBe(403);
  expect((await lena.ask('PATCH', path, { json: { status: 'active' } })).status).toBe(403);
  expect((await bo.ask('PUT', `${path}/follow`)).status).toBe(403);
});

test('a lender follows a project, once however often, and stops', async () => {
  const replica = await startReplica();
  const [lena, bo] = [await logIn(replica, LENA), await logIn(replica, BO)];
  const { id } = (await bo.ask('POST', '/api/projects', { json: lofts })).body;
  const isFollowed = async () => (await lena.ask('GET', `/api/projects/${id}`)).body.isFollowed;
  const followedTotal = async () => (await lena.ask('GET', '/api/projects?followed=true')).body.total;
  const before = await followedTotal();

  expect(await isFollowed()).toBe(false);
  for (const _ of [1, 2]) expect((await lena.ask('PUT', `/api/projects/${id}/follow`)).status).toBe(204);
  expect(await isFollowed()).toBe(true);
  expect(await followedTotal()).toBe(before + 1);
  await lena.ask('DELETE', `/api/projects/${id}/follow`);
  expect(await followedTotal()).toBe(before);
});

test.each([
  ['an empty name', { ...lofts, name: ' ' }, 'name'],
  ['a budget of nothing', { ...lofts, budgetCents: 0 }, 'budgetCents'],
  ['part of a cent', { ...lofts, budgetCents: 1.5 }, 'budgetCents'],
])('%s is refused, and the field named', async (_what, json, field) => {
  const bo = await logIn(await startReplica(), BO);
  const { status, body } = await bo.ask('POST', '/api/projects', { json });
  expect(status).toBe(400);
  expect(body.detail).toContain(field);
});
