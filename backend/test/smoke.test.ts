import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { query } from './database-server.ts';
import { ask, BO, type Client, LENA, logIn, type Replica, startReplica } from './replica.ts';

const smoke = 'smoke@connect2.example';
const smokePassword = 'a password of the tests, made at random';
const made = { name: 'Smoke test', address: '1 Smoke Street', budgetCents: 100 };

const withSmoke = () => startReplica({ smokePassword });

const begin = async (client: Client): Promise<string> =>
  (await client.ask('POST', '/api/projects', { json: made })).body.id;

/** As if the smoke test that made it had been cut short ten minutes ago. */
const leaveBehind = async ({ databaseUrl }: Replica, id: string): Promise<void> =>
  query(databaseUrl, `update projects set created_at = now() - interval '10 minutes' where id = '${id}'`);

test('a smoke test logs in with its setting alone, writes, reads back and deletes, and leaves nothing', async () => {
  const replica = await withSmoke();
  const tester = await logIn(replica, smoke, smokePassword);
  const id = await begin(tester);
  expect((await tester.ask('GET', `/api/projects/${id}`)).body).toMatchObject(made);
  const body = Buffer.from('a document of the smoke test');
  const uploaded = await tester.ask('POST', `/api/projects/${id}/documents?name=smoke.txt`, { body });
  expect((await tester.ask('GET', `/api/documents/${uploaded.body.id}/content`)).body).toBe(String(body));

  expect((await tester.ask('DELETE', `/api/smoke/projects/${id}`)).status).toBe(204);
  expect((await tester.ask('GET', `/api/projects/${id}`)).status).toBe(404);
  expect((await tester.ask('GET', '/api/projects')).body.total).toBe(0);
  expect((await tester.ask('GET', '/api/activity')).body.activity).toEqual([]);
  expect(await readdir(replica.documentsFolder)).toEqual([]);
  expect((await tester.ask('DELETE', `/api/smoke/projects/${id}`)).status).toBe(404);
});

test('nobody else sees what a smoke test writes, and its answers do not tell of the mark', async () => {
  const replica = await withSmoke();
  const [lena, bo] = [await logIn(replica, LENA), await logIn(replica, BO)];
  const tester = await logIn(replica, smoke, smokePassword);
  const id = await begin(tester);
  for (const other of [lena, bo]) {
    expect((await other.ask('GET', `/api/projects/${id}`)).status).toBe(404);
    expect((await other.ask('GET', `/api/projects/${id}/documents`)).status).toBe(404);
    const { projects } = (await other.ask('GET', '/api/projects?limit=100')).body;
    expect(projects.map((project: { id: string }) => project.id)).not.toContain(id);
  }
  expect((await lena.ask('GET', '/api/projects')).body.total).toBe(40);
  expect((await lena.ask('PUT', `/api/projects/${id}/follow`)).status).toBe(404);
  expect((await tester.ask('GET', `/api/projects/${id}`)).body).not.toHaveProperty('isSmoke');
});

test('a smoke test deletes its marked rows alone, and nobody else deletes anything', async () => {
  const replica = await withSmoke();
  const bo = await logIn(replica, BO);
  const tester = await logIn(replica, smoke, smokePassword);
  const theirs = (await bo.ask('POST', '/api/projects', { json: made })).body.id;
  expect((await tester.ask('DELETE', `/api/smoke/projects/${theirs}`)).status).toBe(404);
  expect((await bo.ask('GET', `/api/projects/${theirs}`)).status).toBe(200);

  const id = await begin(tester);
  for (const path of [`/api/smoke/projects/${theirs}`, `/api/smoke/projects/${id}`, '/api/smoke/leftovers'])
    expect((await bo.ask('DELETE', path)).status).toBe(403);
  expect((await ask(replica.url, 'DELETE', '/api/smoke/leftovers')).status).toBe(401);
  expect((await tester.ask('GET', `/api/projects/${id}`)).status).toBe(200);
});

test('what a smoke test that was cut short left is removed, and what another has under way is not', async () => {
  const replica = await withSmoke();
  const [one, other] = [await logIn(replica, smoke, smokePassword), await logIn(replica, smoke, smokePassword)];
  const left = await begin(one);
  await one.ask('POST', `/api/projects/${left}/documents?name=left.txt`, { body: Buffer.from('left') });
  await leaveBehind(replica, left);
  const underWay = await begin(one);
  expect((await other.ask('DELETE', '/api/smoke/leftovers')).body).toEqual({ removed: 1 });
  expect((await one.ask('GET', `/api/projects/${left}`)).status).toBe(404);
  expect((await one.ask('GET', `/api/projects/${underWay}`)).status).toBe(200);
  expect(await readdir(replica.documentsFolder)).toEqual([]);
});

test('smoke tests at once, on two replicas, do not trip over each other', async () => {
  const first = await withSmoke();
  const second = await startReplica({ smokePassword, databaseUrl: first.databaseUrl });
  const run = async (replica: Replica): Promise<readonly number[]> => {
    const tester = await logIn(replica, smoke, smokePassword);
    const leftovers = await tester.ask('DELETE', '/api/smoke/leftovers');
    const id = await begin(tester);
    const read = await tester.ask('GET', `/api/projects/${id}`);
    const deleted = await tester.ask('DELETE', `/api/smoke/projects/${id}`);
    return [leftovers.status, read.status, deleted.status];
  };
  await leaveBehind(first, await begin(await logIn(first, smoke, smokePassword)));
  const runs = await Promise.all(Array.from({ length: 8 }, (_, nth) => run(nth % 2 === 0 ? first : second)));
  expect(new Set(runs.map(String))).toEqual(new Set(['200,200,204']));
});

test('a wrong password of the smoke user is refused, and refusals do not keep the smoke test out', async () => {
  const replica = await withSmoke();
  const wrong = { email: smoke, password: 'a guess' };
  for (let tried = 0; tried < 11; tried++) await ask(replica.url, 'POST', '/api/session', { json: wrong });
  const right = { email: smoke, password: smokePassword };
  expect((await ask(replica.url, 'POST', '/api/session', { json: right })).status).toBe(201);
});

test('without the setting nobody logs in as the smoke user, also when it was there before', async () => {
  const { databaseUrl } = await withSmoke().then(async (replica) => {
    await logIn(replica, smoke, smokePassword);
    return replica;
  });
  const replica = await startReplica({ databaseUrl });
  for (const password of [smokePassword, 'undefined']) {
    const answer = await ask(replica.url, 'POST', '/api/session', { json: { email: smoke, password } });
    expect(answer.status).toBe(401);
  }
});
