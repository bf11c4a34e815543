import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createServer } from './app.ts';
import { createMemoryPlatform, type MemoryPlatform } from './testing/memory-platform.ts';
import { tell } from './testing/memory-world.ts';

let platform: MemoryPlatform;
let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  platform = createMemoryPlatform();
  app = await createServer(platform, { heartbeatMs: 20 });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await app.close();
  await platform.close();
});

const open = (path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const authorization = `Bearer ${platform.tokenOf.viewer}`;
    httpRequest(`${url}${path}`, { headers: { authorization, ...headers } }, resolve)
      .on('error', reject)
      .end();
  });

/** Reads until the text is there, then leaves the stream open. */
const readUntil = async (stream: IncomingMessage, wanted: string): Promise<string> => {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes(wanted)) return text;
  }
  return text;
};

const note = (text: string) => tell(platform.world, { kind: 'note', text });

test('progress comes as it happens, each with its number', async () => {
  const stream = await open('/api/events?after=0');
  note('first');
  expect(await readUntil(stream, 'first')).toContain('id: 1\ndata: {"seq":1,');
  note('second');
  expect(await readUntil(stream, 'second')).toContain('id: 2\n');
  stream.destroy();
});

test('a reader goes on after the last event that it saw, whatever its address says', async () => {
  for (const text of ['one', 'two', 'three']) note(text);
  const stream = await open('/api/events?after=0', { 'last-event-id': '2' });
  const text = await readUntil(stream, 'three');
  stream.destroy();
  expect(text).not.toContain('two');
});

test('a silent stream gives signs of life', async () => {
  const stream = await open('/api/events');
  expect(await readUntil(stream, ': still here')).toContain(': still here\n\n');
  stream.destroy();
});

test('logs end with an end', async () => {
  const text = await readUntil(await open('/api/environments/production/logs?tail=3'), 'event: end');
  expect(text.match(/production line \d/g)).toEqual(['production line 7', 'production line 8', 'production line 9']);
});

test('a stream that breaks tells the problem', async () => {
  const text = await readUntil(await open('/api/environments/nowhere/logs'), 'event: problem');
  expect(text).toContain('there is no environment nowhere');
});

test('a reader that leaves ends the platform’s stream', async () => {
  let ended = false;
  const events: typeof platform.events = async function* (query, signal) {
    signal.addEventListener('abort', () => {
      ended = true;
    });
    yield* platform.events(query, signal);
  };
  const watched = await createServer({ ...platform, events }, { heartbeatMs: 5 });
  url = await watched.listen({ host: '127.0.0.1', port: 0 });
  const stream = await open('/api/events');
  await readUntil(stream, ': still here');
  stream.destroy();
  await expect.poll(() => ended, { timeout: 10_000 }).toBe(true);
  await watched.close();
});

test('a reader that does not read holds the source back', async () => {
  let given = 0;
  const events: typeof platform.events = async function* () {
    const text = 'x'.repeat(10_000);
    const nothing = { climb: null, delivery: null, environment: null, stage: null, state: null };
    for (; given < 100_000; given++) yield { seq: given, at: 0, ...nothing, kind: 'note', text };
  };
  const watched = await createServer({ ...platform, events });
  url = await watched.listen({ host: '127.0.0.1', port: 0 });
  const stream = await open('/api/events');
  let before = -1;
  const stands = (): boolean => {
    const same = before === given;
    before = given;
    return same;
  };
  await expect.poll(stands, { interval: 300, timeout: 20_000 }).toBe(true);
  expect(given).toBeLessThan(5_000);
  stream.destroy();
  await watched.close();
});

test('closing the server ends open streams at once, without an end, so that readers come back', async () => {
  const stream = await open('/api/events?after=0');
  note('first');
  await readUntil(stream, 'first');
  const rest = readUntil(stream, 'nothing');
  await app.close();
  expect(await rest).not.toContain('event: end');
});
