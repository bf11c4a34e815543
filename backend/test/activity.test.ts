import { expect, onTestFinished, test } from 'vitest';
import { ownDatabase } from './database.ts';
import { BEA, BO, type Client, LENA, logIn, newLoan, projectOf, type Replica, startReplica } from './replica.ts';
import { severableWayTo } from './severable.ts';
import { until } from './until.ts';

test('an event reaches those whom it concerns, whichever replica wrote it', async () => {
  const here = await startReplica();
  const there = await startReplica({ databaseUrl: here.databaseUrl });
  const bo = await logIn(here, BO);
  const [boHears, beaHears] = [await listen(here, bo), await listen(here, await logIn(here, BEA))];
  const lena = await logIn(there, LENA);
  const projectId = await projectOf(bo);
  const { id } = (await lena.ask('POST', `/api/projects/${projectId}/loans`, { json: newLoan })).body;

  await until('Bo hears of the loan', () => boHears.text().includes(id));
  expect(boHears.text()).toMatch(/id: \d+\nevent: activity\ndata: \{.*"summary":"lent \$500,000".*\}\n\n/);
  expect(beaHears.text()).not.toContain(id);
});

test('a client that comes back gets what it missed', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const lena = await logIn(replica, LENA);
  const path = `/api/projects/${await projectOf(bo)}/loans`;
  const [last] = (await bo.ask('GET', '/api/activity?limit=1')).body.activity;
  const { id } = (await lena.ask('POST', path, { json: newLoan })).body;

  const hears = await listen(replica, bo, { 'last-event-id': String(last.id) });
  await until('Bo hears of the loan', () => hears.text().includes(id));
});

test('a replica whose connection was lost tells what happened meanwhile', async () => {
  const direct = await ownDatabase();
  const way = await severableWayTo(direct);
  const here = await startReplica({ databaseUrl: way.url });
  const there = await startReplica({ databaseUrl: direct });
  const bo = await logIn(here, BO);
  const lena = await logIn(there, LENA);
  const hears = await listen(here, bo);
  const path = `/api/projects/${await projectOf(bo)}/loans`;
  const first = (await lena.ask('POST', path, { json: newLoan })).body;
  await until('Bo hears of the first loan', () => hears.text().includes(first.id));

  await way.cut();
  const second = (await lena.ask('POST', path, { json: newLoan })).body;
  await way.mend();
  await until('Bo hears of the second loan', () => hears.text().includes(second.id));
});

test('a draining replica says goodbye to its listeners, and to who comes late', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const hears = await listen(replica, bo);
  replica.draining.begin();
  await until('the stream has ended', hears.hasEnded);
  expect(hears.text()).toMatch(/retry: \d+\nevent: close\n/);

  const late = await listen(replica, bo);
  await until('the late stream has ended', late.hasEnded);
  expect(late.text()).toContain('event: close');
});

test('activity comes page by page, newest first', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const first = (await lena.ask('GET', '/api/activity?limit=5')).body.activity;
  const second = (await lena.ask('GET', `/api/activity?limit=5&before=${first.at(-1).id}`)).body.activity;
  const ids = [...first, ...second].map(({ id }) => id);
  expect(ids).toHaveLength(10);
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
});

async function listen({ url }: Replica, { token }: Client, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const response = await fetch(`${url}/api/activity/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: leaving.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  let hasEnded = false;
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    hasEnded = true;
  })();
  onTestFinished(async () => {
    leaving.abort();
    await reading.catch(() => undefined);
  });
  return { text: () => text, hasEnded: () => hasEnded };
}
