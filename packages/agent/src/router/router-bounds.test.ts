import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { layBed, readAll, serving, until } from './test-bed.ts';

const head = (line: string, ...more: readonly string[]): string =>
  [line, 'Host: staging.localhost', ...more, '\r\n'].join('\r\n');
const status = (text: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);

describe('the head of a request', () => {
  it('is refused with 431 when it is too large or has too many headers', async () => {
    await using bed = await layBed({ headerBytes: 8_192, headers: 20 });
    bed.router.route(serving(await bed.replica((_, response) => void response.end())));
    expect(status(await bed.askRaw(head('GET / HTTP/1.1', `X: ${'x'.repeat(9_000)}`)))).toBe(431);
    const many = Array.from({ length: 30 }, (_, n) => `X-${n}: y`);
    expect(status(await bed.askRaw(head('GET / HTTP/1.1', 'Connection: close', ...many)))).toBe(431);
    expect((await bed.ask('/')).status).toBe(200);
  });

  it('is refused with 408 when it does not come in time, byte by byte or not at all', async () => {
    await using bed = await layBed({ headersWithinMs: 200, lingerMs: 200 });
    const drip = bed.connect();
    const timer = setInterval(() => drip.write('x'), 20);
    drip.write('GET / HTTP/1.1\r\nX-Slow: ');
    const [slow, silent] = await Promise.all([readAll(drip), readAll(bed.connect())]);
    clearInterval(timer);
    expect(status(slow)).toBe(408);
    expect(status(silent)).toBe(408);
  });
});

describe('a request that could be read in two ways', () => {
  it.each<[string, number, string]>([
    ['a length and chunks', 400, head('POST / HTTP/1.1', 'Content-Length: 4', 'Transfer-Encoding: chunked')],
    ['chunks and a length', 400, head('POST / HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Length: 4')],
    ['two lengths', 400, head('POST / HTTP/1.1', 'Content-Length: 4', 'Content-Length: 5')],
    ['a length that is no number', 400, head('POST / HTTP/1.1', 'Content-Length: 4, 4')],
    ['a negative length', 400, head('POST / HTTP/1.1', 'Content-Length: -1')],
    ['chunks that are not last', 400, head('POST / HTTP/1.1', 'Transfer-Encoding: chunked, identity')],
    ['an unknown coding', 501, head('POST / HTTP/1.1', 'Transfer-Encoding: gzip, chunked', 'Connection: close')],
    ['two hosts', 400, head('GET / HTTP/1.1', 'Host: other', 'Connection: close')],
    ['no host', 400, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a space before the colon', 400, head('GET / HTTP/1.1', 'X-A : b')],
    ['a folded header', 400, head('GET / HTTP/1.1', 'X-A: b', ' folded')],
    ['a bare line feed', 400, 'GET / HTTP/1.1\nHost: staging.localhost\n\n'],
    ['a bare carriage return', 400, head('GET / HTTP/1.1', 'X-A: b\rX-B: c')],
    ['a null in a header', 400, head('GET / HTTP/1.1', 'X-A: b\0c')],
    ['a chunk size that is none', 400, `${head('POST / HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n\r\n`],
    ['no path', 400, head('OPTIONS * HTTP/1.1', 'Connection: close')],
  ])('with %s is refused with %d', async (_, code, text) => {
    await using bed = await layBed({ lingerMs: 100 });
    let reached = 0;
    const replica = await bed.replica((request, response) => {
      request.resume();
      request.on('end', () => {
        reached += 1;
        response.end();
      });
    });
    bed.router.route(serving(replica));
    const answer = await bed.askRaw(text);
    // Once the head is passed on, a bad chunk breaks the connection instead of an answer.
    if (answer !== '') expect(status(answer)).toBe(code);
    expect(reached).toBe(0);
    await until(() => replica.inFlight === 0);
  });
});

describe('the body of a request', () => {
  it('is refused with 413 by its length, before it is read', async () => {
    await using bed = await layBed({ bodyBytes: 1_000 });
    let reached = 0;
    const replica = await bed.replica((_, response) => {
      reached += 1;
      response.end();
    });
    bed.router.route(serving(replica));
    const answer = await bed.ask('/', { method: 'POST', body: 'x'.repeat(1_001) });
    expect(answer).toMatchObject({ status: 413, body: '413 Payload Too Large: the body is larger than 1000 bytes\n' });
    expect(reached).toBe(0);
    expect(await bed.counted(1)).toMatchObject([{ status: 413, complete: true }]);
  });

  it('is not asked for with 100 Continue when it is too large', async () => {
    await using bed = await layBed({ bodyBytes: 1_000, lingerMs: 50 });
    bed.router.route(serving(await bed.replica((_, response) => void response.end())));
    const text = await bed.askRaw(head('POST / HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 2000'));
    expect(status(text)).toBe(413);
  });

  it('in chunks is refused with 413 where it grows too large, and the replica sees it broken off', async () => {
    await using bed = await layBed({ bodyBytes: 100_000 });
    let whole = 0;
    const replica = await bed.replica((request) => {
      request.on('error', () => undefined);
      request.on('end', () => {
        whole += 1;
      });
      request.resume();
    });
    bed.router.route(serving(replica));
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await bed.ask('/', { method: 'POST', headers, body: Buffer.alloc(3_000_000) })).status).toBe(413);
    expect(whole).toBe(0);
    expect(replica.inFlight).toBe(0);
  });

  it('that stops coming is given up with 408', async () => {
    await using bed = await layBed({ bodyIdleMs: 100, lingerMs: 100 });
    const replica = await bed.replica((request) => void request.on('error', () => undefined).resume());
    bed.router.route(serving(replica));
    const text = await bed.askRaw(`${head('POST / HTTP/1.1', 'Content-Length: 100')}some`);
    expect(status(text)).toBe(408);
    await until(() => bed.answered.length === 1 && replica.inFlight === 0);
    expect(await bed.counted(1)).toMatchObject([{ status: 408, complete: true }]);
  });
});

describe('the time of an answer', () => {
  it('is 504 when its head does not come', async () => {
    await using bed = await layBed({ answerWithinMs: 100 });
    const replica = await bed.replica(() => undefined);
    bed.router.route(serving(replica));
    expect(await bed.ask('/')).toMatchObject({
      status: 504,
      body: '504 Gateway Timeout: web did not answer within 100 ms\n',
    });
    expect(replica.inFlight).toBe(0);
    expect(await bed.counted(1)).toMatchObject([{ status: 504, complete: false, clientGone: false }]);
  });

  it('breaks the connection when the body stops, but for an event stream', async () => {
    await using bed = await layBed({ bodyIdleMs: 100 });
    const replica = await bed.replica((request, response) => {
      response.setHeader('content-type', request.url === '/events' ? 'text/event-stream' : 'text/plain');
      response.write('data: some\n\n');
    });
    bed.router.route(serving(replica));
    const events: Socket = bed.connect();
    events.write(head('GET /events HTTP/1.1'));
    await new Promise((resolve) => events.once('data', resolve));
    await expect(bed.ask('/')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(events.destroyed).toBe(false);
    expect(replica.inFlight).toBe(1);
    expect(await bed.counted(1)).toMatchObject([{ status: 200, complete: false, clientGone: false }]);
  });

  it('ends for a client that does not read, who is not counted as an error', async () => {
    await using bed = await layBed({ bodyIdleMs: 200 });
    const replica = await bed.replica((_, response) => void response.end(Buffer.alloc(50_000_000)));
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.pause();
    socket.write(head('GET / HTTP/1.1'));
    expect(await bed.counted(1)).toMatchObject([{ status: 200, complete: false, clientGone: true }]);
  });
});

it('connections over the limit are closed', async () => {
  await using bed = await layBed({ connections: 2 });
  const [first, second] = [bed.connect(), bed.connect()];
  await Promise.all([first, second].map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  expect(await readAll(bed.connect())).toBe('');
  expect([first.destroyed, second.destroyed]).toEqual([false, false]);
});

it('a port that is taken is said so', async () => {
  await using bed = await layBed();
  await expect(bed.router.listen(bed.port)).rejects.toMatchObject({
    code: 'port-taken',
    message: `port ${bed.port} of 127.0.0.1 is taken`,
  });
});
