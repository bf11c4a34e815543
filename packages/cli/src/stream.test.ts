import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createClient } from './client.ts';
import { notRunning } from './connection.ts';
import { followLogs, followProgress } from './stream.ts';

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

/** A server that answers the first, second … request as the listeners say. */
const answering = (...answers: RequestListener[]): Promise<string> =>
  new Promise((resolve) => {
    server = createServer((request, response) => answers.shift()?.(request, response));
    server.listen(0, '127.0.0.1', () => {
      const address = server?.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });

const clientOf = (url: string) =>
  createClient(
    async () => ({ url, token: 't' }),
    (cause) => notRunning('here', cause),
  );

const event = (seq: number): string => {
  const nothing = { climb: null, delivery: null, environment: null, stage: null, state: null };
  return `id: ${seq}\ndata: ${JSON.stringify({ seq, at: 0, ...nothing, kind: 'note', text: `${seq}` })}\n\n`;
};

test('a stream that is torn goes on after the last event that was seen, and says so once', async () => {
  const asked: unknown[] = [];
  const url = await answering(
    (_request, response) => void response.write(event(1), () => response.write(event(2), () => response.destroy())),
    (_request, response) => void response.destroy(),
    (request, response) => {
      asked.push(request.headers['last-event-id']);
      response.end(`${event(3)}event: end\ndata: {}\n\n`);
    },
  );
  const client = clientOf(url);
  const seen: number[] = [];
  let cuts = 0;
  const whenCut = () => {
    cuts += 1;
  };
  const signal = AbortSignal.timeout(20_000);
  for await (const { seq } of followProgress(client, { after: 0 }, { signal, whenCut })) seen.push(seq);
  await client.close();
  expect({ seen, asked, cuts }).toEqual({ seen: [1, 2, 3], asked: ['2'], cuts: 1 });
});

test('a problem in a stream is a failure with its words', async () => {
  const problem = { type: 'not-found', title: 'Not found', status: 404, detail: 'there is no environment x' };
  const url = await answering((_request, response) =>
    response.end(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`),
  );
  const client = clientOf(url);
  const read = async () => {
    for await (const _ of followLogs(client, { environment: 'x' }, { signal: AbortSignal.timeout(20_000) }));
  };
  await expect(read()).rejects.toMatchObject({ code: 'not-found', message: 'there is no environment x' });
  await client.close();
});

test('an answer of something else than a control plane is told apart', async () => {
  const url = await answering((_request, response) => response.writeHead(502).end('<html>bad gateway</html>'));
  const client = clientOf(url);
  await expect(client.call('whoami', {})).rejects.toMatchObject({
    code: 'server-unreachable',
    message: `${url} answered 502, and not as a Plumbline control plane does`,
  });
  await client.close();
});

test('the same idempotency key is sent when it is given, and a fresh one otherwise', async () => {
  const keys: unknown[] = [];
  const take: RequestListener = (request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.writeHead(500).end();
  };
  const client = clientOf(await answering(take, take));
  await client.call('ship', {}, { idempotencyKey: 'mine' }).catch(() => undefined);
  await client.call('ship', {}).catch(() => undefined);
  await client.close();
  expect(keys).toEqual(['mine', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});
