import { randomBytes } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  ask,
  layBed,
  newRelease,
  oldRelease,
  readBytes,
  service,
  serving,
  slotOf,
  staging,
  table,
  until,
} from './test-bed.ts';

describe('a request on its way to a replica', () => {
  it('keeps method, path, query, headers and body', async () => {
    await using bed = await layBed();
    const seen: IncomingMessage[] = [];
    const bodies: string[] = [];
    const replica = await bed.replica(async (request, response) => {
      seen.push(request);
      bodies.push(String(await readBytes(request)));
      response.end('done');
    });
    bed.router.route(serving(replica));
    const headers = { 'X-Mixed': 'One', 'content-type': 'text/x' };
    const answer = await bed.ask('/a%20b?c=d&c=e', { method: 'PATCH', headers, body: 'hello' });
    expect(answer).toMatchObject({ status: 200, body: 'done' });
    expect(seen[0]).toMatchObject({ method: 'PATCH', url: '/a%20b?c=d&c=e' });
    expect(seen[0]?.rawHeaders).toContain('X-Mixed');
    expect(seen[0]?.headers).toMatchObject({ host: 'staging.localhost', 'x-mixed': 'One', 'content-type': 'text/x' });
    expect(bodies).toEqual(['hello']);
  });

  it('loses what belongs to the connection and what only the router may say', async () => {
    await using bed = await layBed();
    const seen: http.IncomingHttpHeaders[] = [];
    const replica = await bed.replica((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    bed.router.route(serving(replica));
    await bed.askRaw(
      [
        'GET / HTTP/1.1',
        'Host: staging.localhost',
        'Connection: close, X-Mine',
        'X-Mine: 1',
        'Keep-Alive: timeout=1',
        'Proxy-Connection: keep-alive',
        'TE: trailers',
        'X-Forwarded-For: 6.6.6.6',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: bank.example',
        'Forwarded: for=6.6.6.6',
        'X-Real-IP: 6.6.6.6',
        'X-Request-Id: bad id with spaces',
        '\r\n',
      ].join('\r\n'),
    );
    const { connection, 'x-request-id': id, ...rest } = seen[0] ?? {};
    expect(rest).toEqual({
      host: 'staging.localhost',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'staging.localhost',
    });
    expect(connection).toBe('keep-alive');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps an identifier of its own that is well formed', async () => {
    await using bed = await layBed();
    bed.router.route(
      serving(await bed.replica((request, response) => void response.end(request.headers['x-request-id']))),
    );
    expect((await bed.ask('/', { headers: { 'x-request-id': 'trace:1.a_b-c' } })).body).toBe('trace:1.a_b-c');
  });

  it('goes by the authority of an absolute request line, not by the header beside it', async () => {
    await using bed = await layBed();
    const replica = await bed.replica(
      (request, response) => void response.end(`${request.headers.host} ${request.url}`),
    );
    bed.router.route(serving(replica));
    const text = 'GET http://staging.localhost/x?y HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n';
    expect(await bed.askRaw(text)).toMatch(/staging\.localhost \/x\?y/);
  });

  it('reuses its connections', async () => {
    await using bed = await layBed();
    const ports = new Set<number | undefined>();
    const replica = await bed.replica((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    bed.router.route(serving(replica));
    for (let n = 0; n < 10; n += 1) await bed.ask('/');
    expect(ports.size).toBe(1);
  });
});

describe('an answer on its way back', () => {
  it.each([200, 201, 204, 301, 304, 404, 418, 500])('keeps status %d', async (status) => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.writeHead(status, 'Such A Reason').end());
    bed.router.route(serving(replica));
    const text = await bed.askRaw('GET / HTTP/1.1\r\nHost: staging.localhost\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} Such A Reason\r\n`));
    expect(await bed.counted(1)).toMatchObject([
      { environment: staging, release: oldRelease, service: 'web', status, complete: true },
    ]);
  });

  it('says which release answered, and nobody else may say it', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      response.setHeader('x-plumbline-release', 'r-of-its-own');
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end('x');
    });
    bed.router.route(serving(replica));
    const { headers } = await bed.ask('/');
    expect(headers).toMatchObject({ 'x-plumbline-release': oldRelease, 'set-cookie': ['a=1', 'b=2'] });
  });

  it('has no body for HEAD, and the length that GET would have', async () => {
    await using bed = await layBed();
    bed.router.route(
      serving(await bed.replica((_, response) => void response.writeHead(200, { 'content-length': 7 }).end())),
    );
    expect(await bed.ask('/', { method: 'HEAD' })).toMatchObject({
      status: 200,
      headers: { 'content-length': '7' },
      body: '',
    });
    expect(await bed.counted(1)).toHaveLength(1);
  });

  it('comes with its trailers', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('body');
      response.addTrailers({ 'x-sum': '42' });
      response.end();
    });
    bed.router.route(serving(replica));
    expect(await bed.ask('/')).toMatchObject({ body: 'body', trailers: { 'x-sum': '42' } });
  });

  it('is preceded by early hints', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      response.end('late');
    });
    bed.router.route(serving(replica));
    const request = http.get({
      port: bed.port,
      host: '127.0.0.1',
      agent: false,
      headers: { host: 'staging.localhost' },
    });
    const hints = new Promise((resolve) => request.once('information', resolve));
    const answer = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    expect(await hints).toMatchObject({ statusCode: 103, headers: { link: '</style.css>; rel=preload; as=style' } });
    expect(String(await readBytes(await answer))).toBe('late');
  });

  it('reaches an HTTP/1.0 client without chunks', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      response.write('one ');
      response.end('two');
    });
    bed.router.route(serving(replica));
    const text = await bed.askRaw('GET / HTTP/1.0\r\nHost: staging.localhost\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(text.endsWith('\r\n\r\none two')).toBe(true);
  });

  it('ends with the connection where the replica gives neither length nor chunks', async () => {
    await using bed = await layBed();
    const replica = await bed.rawReplica(
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end'),
    );
    bed.router.route(serving(replica));
    expect(await bed.ask('/')).toMatchObject({ status: 200, body: 'to the end' });
  });
});

describe('a body', () => {
  it.each([0, 1, 70_000, 5_000_000])(
    'of %d bytes goes up and comes down unchanged, with a length or in chunks',
    async (size) => {
      await using bed = await layBed();
      const replica = await bed.replica((request, response) => void request.pipe(response));
      bed.router.route(serving(replica));
      const body = randomBytes(size).toString('hex');
      for (const headers of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }]) {
        const answer = await bed.ask('/', { method: 'POST', headers, body });
        expect(answer.body === body).toBe(true);
      }
    },
  );

  it('is read only as fast as the client reads it', async () => {
    await using bed = await layBed();
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const replica = await bed.replica((_, response) => {
      const write = (): void => {
        while (written < 200_000_000) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
      };
      write();
    });
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write('GET / HTTP/1.1\r\nHost: staging.localhost\r\n\r\n');
    socket.pause();
    let before = -1;
    await until(() => {
      const stands = written === before && written > 0;
      before = written;
      return stands;
    });
    expect(written).toBeLessThan(50_000_000);
  });

  it('is sent only as fast as the replica reads it', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((request) => void request.pause());
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write('POST / HTTP/1.1\r\nHost: staging.localhost\r\nContent-Length: 90000000\r\n\r\n');
    const chunk = Buffer.alloc(64 * 1024);
    let isHeldBack = false;
    let written = 0;
    const write = (): void => {
      while (written < 80_000_000) {
        written += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', write);
      }
      isHeldBack = false;
    };
    write();
    let before = -1;
    await until(() => {
      isHeldBack = written === before;
      before = written;
      return isHeldBack;
    });
    expect(written).toBeLessThan(50_000_000);
  });

  it('is asked for with 100 Continue', async () => {
    await using bed = await layBed();
    bed.router.route(serving(await bed.replica((request, response) => void request.pipe(response))));
    const headers = { host: 'staging.localhost', expect: '100-continue', 'content-length': 4 };
    const request = http.request({ port: bed.port, host: '127.0.0.1', method: 'POST', agent: false, headers });
    request.flushHeaders();
    await new Promise<void>((resolve) => request.once('continue', resolve));
    request.end('body');
    const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    expect(String(await readBytes(response))).toBe('body');
  });

  it('need not be read by a replica that answers early, and the connection goes on', async () => {
    await using bed = await layBed();
    bed.router.route(serving(await bed.replica((_, response) => void response.writeHead(403).end('no'))));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 3; n += 1) {
      const answer = await ask(bed.port, '/', { method: 'POST', body: Buffer.alloc(3_000_000), agent });
      expect(answer).toMatchObject({ status: 403, body: 'no' });
    }
    agent.destroy();
    await until(() => bed.answered.length === 3);
    expect(bed.answered.every(({ complete }) => complete)).toBe(true);
  });
});

describe('pipelined requests', () => {
  it('are answered in their order', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((request, response) => {
      setTimeout(() => response.end(`<${request.url}>`), request.url === '/1' ? 60 : 0);
    });
    bed.router.route(serving(replica));
    const line = (n: number, more = '') => `GET /${n} HTTP/1.1\r\nHost: staging.localhost\r\n${more}\r\n`;
    const text = await bed.askRaw(line(1) + line(2) + line(3, 'Connection: close\r\n'));
    expect(text.match(/<\/\d>/g)).toEqual(['</1>', '</2>', '</3>']);
  });
});

describe('an environment', () => {
  it('is found by its host names in any case and with any port, and by its own port under every name', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.end('here'));
    bed.router.route({ ...serving(replica), hosts: ['staging.localhost', 'shop.example'] });
    for (const host of ['staging.localhost', 'Shop.Example:8080', 'shop.example.']) {
      expect(await bed.ask('/', { headers: { host } })).toMatchObject({ status: 200 });
    }
    expect(await bed.ask('/', { headers: { host: 'other.example' } })).toMatchObject({ status: 404 });
    const own = await bed.router.listenFor(staging, 0);
    expect(await ask(own, '/', { headers: { host: '127.0.0.1' } })).toMatchObject({ status: 200, body: 'here' });
    expect(await ask(own, '/', { headers: { host: 'candidate.localhost' } })).toMatchObject({ status: 404 });
    bed.router.forget(staging);
    expect(await bed.ask('/')).toMatchObject({ status: 404 });
    expect(await ask(own, '/')).toMatchObject({ status: 404 });
  });

  it('has its candidate under candidate.<host>, at weight 0 too', async () => {
    await using bed = await layBed();
    const [old, fresh] = await Promise.all(
      ['old', 'new'].map((text) => bed.replica((_, response) => void response.end(text))),
    );
    if (old === undefined || fresh === undefined) throw new Error('two were started');
    const stable = slotOf(oldRelease, [service({ upstreams: [old] })]);
    bed.router.route(table({ stable, candidate: slotOf(newRelease, [service({ upstreams: [fresh] })]) }));
    const own = await bed.router.listenFor(staging, 0);
    expect((await bed.ask('/')).body).toBe('old');
    expect((await bed.ask('/', { headers: { host: 'candidate.staging.localhost' } })).body).toBe('new');
    expect((await ask(own, '/', { headers: { host: 'candidate.localhost' } })).body).toBe('new');
    expect((await bed.ask('/')).headers['set-cookie']).toBeUndefined();
  });

  it('pins a visitor with a cookie that keeps the release', async () => {
    await using bed = await layBed();
    const [old, fresh] = [
      await bed.replica((_, response) => void response.end()),
      await bed.replica((_, response) => void response.end()),
    ];
    const stable = slotOf(oldRelease, [service({ upstreams: [old] })]);
    const candidate = slotOf(newRelease, [service({ upstreams: [fresh] })]);
    bed.router.route(table({ stable, candidate, candidateWeightPercent: 50 }));
    for (let n = 0; n < 20; n += 1) {
      const first = await bed.ask('/');
      const cookie = first.headers['set-cookie']?.[0]?.split(';')[0];
      const second = await bed.ask('/', { headers: { cookie } });
      expect(second.headers['x-plumbline-release']).toBe(first.headers['x-plumbline-release']);
      expect(second.headers['set-cookie']).toBeUndefined();
    }
  });
});
