import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environmentName } from '@plumbline/contract/names';
import type { NoticeKind } from '@plumbline/contract/notice';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Database, openDatabase } from '../kernel/database.ts';
import { openLog } from '../kernel/log.ts';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { notifierNotes } from './answers.ts';
import { notificationsOf } from './notification-table.ts';
import { notify } from './outbox-table.ts';
import { keepSending, type SenderOptions } from './sender.ts';
import { bookWith } from './testing/address-book.ts';
import { type AnswerWith, openReceiver, type Receiver } from './testing/receiver.ts';

const production = environmentName.parse('production');
const toSlack = '  - { kind: slack, url: secret://slack }';

let server: TestDatabase;
let database: Database;
const endings: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const url = await server.createDatabase();
  await applySchema(url);
  database = openDatabase(url);
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await database.close();
});

const receiverThat = async (answer?: AnswerWith): Promise<Receiver> => {
  const receiver = await openReceiver(answer);
  endings.push(receiver.close);
  return receiver;
};

const send = (more: Partial<SenderOptions> & Pick<SenderOptions, 'described' | 'secrets'>): AbortController => {
  const stopping = new AbortController();
  const ended = keepSending({
    database,
    instance: `sender-${endings.length}`,
    guard: async () => undefined,
    signal: stopping.signal,
    everyMs: 20,
    ...more,
  });
  endings.push(async () => {
    stopping.abort();
    await ended;
  });
  return stopping;
};
const sendToSlack = (receiver: Receiver, more: Partial<SenderOptions> = {}) =>
  send({ ...bookWith(toSlack, { slack: receiver.url }), ...more });

let keys = 0;
const happens = (kind: NoticeKind = 'succeeded', key = `k${++keys}`, because: string | null = null) =>
  database.transaction((tx) =>
    notify(tx, { kind, environment: production, delivery: null, who: 'ann', because, at: Date.now(), key }),
  );

const all = () => notificationsOf(database, { failed: false, limit: 100 });
/** Waits until every notification is as claimed. */
const until = (state: 'sent' | 'failed' | 'tried', count = 1) =>
  waitFor(
    `${count} ${state}`,
    async () => {
      const now = await all();
      const so = now.filter((one) => (state === 'tried' ? one.because !== null : one.state === state));
      return so.length === count ? { done: now } : { because: JSON.stringify(now) };
    },
    { deadlineMs: 20_000, everyMs: 10 },
  );
/** Lets the pause before the next attempt be over. */
const skipThePause = () => database.execute('update plumbline.notifications set next_at = 0');

describe('a notice', () => {
  test('goes to whom it concerns, once to each', async () => {
    const receiver = await receiverThat();
    const notifiers = `
  - { kind: slack, url: secret://slack }
  - { kind: slack, name: elsewhere, url: secret://slack, environments: [development] }
  - { kind: webhook, url: secret://slack, signing: secret://key, on: [failed] }`;
    send(bookWith(notifiers, { slack: receiver.url, key: 'k' }));
    await happens('succeeded');
    await happens('failed');
    await happens('superseded');
    await until('sent', 3);
    expect((await all()).map(({ notice, notifier }) => `${notice.kind} to ${notifier}`)).toEqual([
      'failed to slack',
      'failed to webhook',
      'succeeded to slack',
    ]);
    expect(receiver.got).toHaveLength(3);
  });

  test('told twice by a step that ran twice is one', async () => {
    const receiver = await receiverThat();
    await happens('succeeded', 'd-1/succeeded');
    await happens('succeeded', 'd-1/succeeded');
    sendToSlack(receiver);
    await until('sent');
    expect(receiver.got).toHaveLength(1);
  });

  test('of a transaction that is rolled back is none', async () => {
    const told = database.transaction(async (tx) => {
      await notify(tx, {
        kind: 'failed',
        environment: production,
        delivery: null,
        who: 'ann',
        because: null,
        at: 1,
        key: 'x',
      });
      throw new Error('rolled back');
    });
    await expect(told).rejects.toThrow('rolled back');
    expect(await database.query('select key from plumbline.notices', [], z.unknown())).toEqual([]);
  });

  test('arrives in the order in which things happened, also when the first needs another attempt', async () => {
    const receiver = await receiverThat((response, _, count) => void response.writeHead(count === 1 ? 503 : 200).end());
    await happens('started');
    await happens('succeeded');
    sendToSlack(receiver);
    await until('tried');
    await skipThePause();
    await until('sent', 2);
    const texts = receiver.got.map(({ body }) => z.object({ text: z.string() }).parse(JSON.parse(body)).text);
    expect(texts.map((text) => /delivery (\w+)/.exec(text)?.[1])).toEqual(['started', 'started', 'successful']);
    expect(receiver.ids()[0]).toBe(receiver.ids()[1]);
  });
});

describe('an answer', () => {
  test('of 4xx is the last, and its words are shown', async () => {
    const receiver = await receiverThat((response) => void response.writeHead(404).end('no_service'));
    sendToSlack(receiver);
    await happens();
    const [one] = await until('failed');
    expect(one).toMatchObject({ attempts: 1, because: 'it answered 404: no_service', nextAt: null });
    expect(await notifierNotes({ database })).toEqual([
      'notifications to slack: 1 not sent, it answered 404: no_service (plumb notifications)',
    ]);
  });

  test('of 429 is asked again no earlier than the receiver wishes', async () => {
    const receiver = await receiverThat((response) => void response.writeHead(429, { 'retry-after': '120' }).end());
    sendToSlack(receiver);
    await happens();
    const [one] = await until('tried');
    expect(one).toMatchObject({ state: 'waiting', attempts: 1 });
    expect((one?.nextAt ?? 0) - Date.now()).toBeGreaterThan(100_000);
  });

  test('that never comes is given up after the last attempt', async () => {
    const receiver = await receiverThat(() => undefined);
    sendToSlack(receiver, { withinMs: 50 });
    await happens();
    await until('tried');
    await database.execute('update plumbline.notifications set attempts = 11, next_at = 0');
    const [one] = await until('failed');
    expect(one?.because).toBe('given up after 12 attempts: no answer within 0.05 s');
  });

  test('of one dead receiver holds up nobody else', async () => {
    const [dead, living] = [await receiverThat(() => undefined), await receiverThat()];
    const notifiers = '  - { kind: slack, name: a, url: secret://a }\n  - { kind: slack, name: b, url: secret://b }';
    send(bookWith(notifiers, { a: dead.url, b: living.url }));
    for (let n = 0; n < 5; n++) await happens();
    await until('sent', 5);
    expect(dead.got).toHaveLength(1);
    expect(living.got).toHaveLength(5);
  });
});

describe('what a person has to mend', () => {
  test('is said, and waited for: a secret that is not set', async () => {
    send(bookWith(toSlack, {}));
    await happens();
    const [one] = await until('tried');
    expect(one).toMatchObject({
      state: 'waiting',
      because: 'secret://slack is not set in production: plumb secret set production slack',
    });
  });

  test('loses nothing: a description that cannot be read', async () => {
    const receiver = await receiverThat();
    await happens();
    let looks = 0;
    const broken = bookWith('  - { kind: smoke }', {});
    const sending = send({ ...broken, described: () => broken.described().finally(() => looks++) });
    await waitFor('two looks', async () => (looks > 1 ? { done: looks } : { because: `${looks}` }), {
      deadlineMs: 10_000,
    });
    sending.abort();
    expect(await all()).toEqual([]);
    sendToSlack(receiver);
    await until('sent');
  });
});

/** Written out, it would be found in this very file by the check for secrets. */
const withPassword = (url: string, password: string): string =>
  Object.assign(new URL(url), { username: 'ann', password }).href;

test('no address and no secret is in the database or in the log', async () => {
  const lines: string[] = [];
  const receiver = await receiverThat((response, { path }) => void response.writeHead(400).end(`bad ${path} hunter2`));
  const hook = '  - { kind: webhook, url: secret://url, signing: secret://key }';
  send({
    ...bookWith(hook, { url: receiver.url, key: 'hunter2' }),
    log: openLog({ write: (line) => lines.push(line) }),
  });
  await happens('failed', undefined, `called ${withPassword('https://example.com', 'hunter2')}`);
  await until('failed');
  const rows = await database.query(
    'select n::text as notice, c::text as sent from plumbline.notices n join plumbline.notifications c on c.notice = n.number',
    [],
    z.unknown(),
  );
  expect(rows).toHaveLength(1);
  expect(lines).toHaveLength(1);
  expect(JSON.stringify([rows, lines])).not.toMatch(/very-hidden-path|hunter2/);
});

describe('two senders', () => {
  test('send each message once', async () => {
    const receiver = await receiverThat((response) => void setImmediate(() => response.end('ok')));
    const notifiers = Array.from({ length: 5 }, (_, n) => `  - { kind: slack, name: n${n}, url: secret://slack }`);
    const book = bookWith(notifiers.join('\n'), { slack: receiver.url });
    send({ ...book, everyMs: 1 });
    send({ ...book, everyMs: 1 });
    for (let n = 0; n < 20; n++) await happens();
    await until('sent', 100);
    expect(receiver.got).toHaveLength(100);
    for (const { attempts } of await all()) expect(attempts).toBe(1);
  });

  test('of whom one was killed between sending and writing it down send it twice, under one id', async () => {
    const killed: ChildProcess[] = [];
    const receiver = await receiverThat((response, _, count) => {
      if (count === 1) for (const child of killed) child.kill('SIGKILL');
      else response.end('ok');
    });
    const program = fileURLToPath(new URL('../../dist/monitoring/testing/sender-process.js', import.meta.url));
    const child = spawn(process.execPath, [program, database.url, receiver.url], { stdio: 'inherit' });
    killed.push(child);
    const exited = once(child, 'exit');
    await happens();
    await exited;
    expect(await all()).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    sendToSlack(receiver);
    expect(await until('sent')).toMatchObject([{ attempts: 2 }]);
    expect(receiver.got).toHaveLength(2);
    expect(new Set(receiver.ids()).size).toBe(1);
  });
});

describe('a sender that ends', () => {
  test('lets what is under way arrive', async () => {
    let answer = (): void => undefined;
    const receiver = await receiverThat((response) => {
      answer = () => void response.end('ok');
    });
    const stopping = sendToSlack(receiver);
    await happens();
    await receiver.has(1);
    stopping.abort();
    answer();
    for (const end of endings.splice(1)) await end();
    expect(await all()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  test('cuts off what does not end, and leaves it to whoever comes next', async () => {
    const receiver = await receiverThat(() => undefined);
    const stopping = sendToSlack(receiver);
    await happens();
    await receiver.has(1);
    stopping.abort();
    for (const end of endings.splice(1)) await end();
    expect(await all()).toMatchObject([{ state: 'waiting', attempts: 1, because: null }]);
  });
});

test('a control plane that may not act sends nothing', async () => {
  const receiver = await receiverThat();
  let asked = 0;
  const guard = async () => {
    asked++;
    throw new Error('the lease is lost');
  };
  sendToSlack(receiver, { guard });
  await happens();
  await waitFor('two looks', async () => (asked > 1 ? { done: asked } : { because: `${asked}` }), {
    deadlineMs: 10_000,
  });
  expect(await all()).toEqual([]);
  expect(receiver.got).toEqual([]);
});
