import http from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Upstream } from './table.ts';
import { ask, layBed, oldRelease, readAll, serving, until } from './test-bed.ts';

/** Nothing listens there: a server had the port a moment ago. */
const refusing = async (): Promise<Upstream> => {
  const bed = await layBed();
  const { replica, port } = await bed.replica(() => undefined);
  await bed[Symbol.asyncDispose]();
  return { replica, port, inFlight: 0 };
};

const head = (line: string, ...more: readonly string[]): string =>
  [line, 'Host: staging.localhost', ...more, '\r\n'].join('\r\n');

describe('a replica that cannot be reached', () => {
  it.each(['GET', 'POST'])('is replaced by another for %s, since nothing was sent', async (method) => {
    await using bed = await layBed();
    const gone = await refusing();
    const there = await bed.replica((request, response) => void request.pipe(response));
    // The busier one is chosen second.
    there.inFlight = 1;
    bed.router.route(serving(gone, there));
    const body = method === 'POST' ? 'kept' : '';
    expect(await bed.ask('/', { method, body })).toMatchObject({ status: 200, body });
    expect(gone.inFlight).toBe(0);
    expect(there.inFlight).toBe(1);
    expect(await bed.counted(1)).toMatchObject([{ status: 200, complete: true }]);
  });

  it('is a 502 when there is no other', async () => {
    await using bed = await layBed();
    const gone = await refusing();
    bed.router.route(serving(gone));
    const headers = { accept: 'application/json', 'x-request-id': 'mine' };
    const answer = await bed.ask('/', { headers });
    expect(answer).toMatchObject({ status: 502, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'Bad Gateway',
      status: 502,
      detail: 'web broke off before it had answered',
      requestId: 'mine',
    });
    expect(gone.inFlight).toBe(0);
    expect(await bed.counted(1)).toMatchObject([
      { release: oldRelease, status: 502, complete: false, clientGone: false },
    ]);
  });
});

describe('a replica that breaks off', () => {
  const breaksOff = (socket: Socket): void => void socket.once('data', () => socket.resetAndDestroy());

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('before its answer has %s asked again, once', async (method) => {
    await using bed = await layBed();
    let asked = 0;
    const replica = await bed.rawReplica((socket) => {
      asked += 1;
      if (asked === 1) breaksOff(socket);
      else socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    });
    bed.router.route(serving(replica));
    expect((await bed.ask('/', { method })).status).toBe(200);
    expect(asked).toBe(2);
  });

  it('is replaced by one of the table of that moment, not of the one by which it was chosen', async () => {
    await using bed = await layBed();
    const fresh = await bed.replica((_, response) => void response.end('new'));
    let askedOld = 0;
    const old = await bed.replica((_, response) => {
      askedOld += 1;
      response.end('old');
    });
    old.inFlight = 1;
    const broken = await bed.rawReplica((socket) => {
      socket.once('data', () => {
        bed.router.route(serving(fresh));
        socket.destroy();
      });
    });
    bed.router.route(serving(broken, old));
    expect((await bed.ask('/')).body).toBe('new');
    expect(askedOld).toBe(0);
  });

  it('twice is a 502', async () => {
    await using bed = await layBed();
    let asked = 0;
    const replica = await bed.rawReplica((socket) => {
      asked += 1;
      breaksOff(socket);
    });
    bed.router.route(serving(replica));
    const answer = await bed.ask('/');
    expect(answer).toMatchObject({ status: 502, body: '502 Bad Gateway: web broke off before it had answered\n' });
    expect(asked).toBe(2);
    expect(await bed.counted(1)).toMatchObject([{ status: 502, complete: false, clientGone: false }]);
  });

  it.each(['POST', 'PATCH'])('does not get %s a second time, for it may have been done', async (method) => {
    await using bed = await layBed();
    let asked = 0;
    const replica = await bed.rawReplica((socket) => {
      asked += 1;
      breaksOff(socket);
    });
    bed.router.route(serving(replica));
    expect((await bed.ask('/', { method, body: 'x' })).status).toBe(502);
    expect(asked).toBe(1);
  });

  it('does not get a body a second time either', async () => {
    await using bed = await layBed();
    let asked = 0;
    const replica = await bed.rawReplica((socket) => {
      asked += 1;
      breaksOff(socket);
    });
    bed.router.route(serving(replica));
    expect((await bed.ask('/', { method: 'PUT', body: 'x'.repeat(2_000_000) })).status).toBe(502);
    expect(asked).toBe(1);
  });

  it.each([
    ['with a length', 'Content-Length: 100\r\n\r\nhalf'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('in the middle of a body %s breaks the connection of the client', async (_, rest) => {
    await using bed = await layBed();
    const replica = await bed.rawReplica((socket) => {
      socket.once('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\n${rest}`, () => setTimeout(() => socket.destroy(), 20)),
      );
    });
    bed.router.route(serving(replica));
    await expect(bed.ask('/')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(await bed.counted(1)).toMatchObject([{ status: 200, complete: false, clientGone: false }]);
    expect(replica.inFlight).toBe(0);
  });

  it('in the middle of a body does not look whole to an HTTP/1.0 client', async () => {
    await using bed = await layBed();
    const replica = await bed.rawReplica((socket) => {
      const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';
      socket.once('data', () => socket.write(answer, () => setTimeout(() => socket.destroy(), 20)));
    });
    bed.router.route(serving(replica));
    const socket = bed.connect();
    const failure = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    socket.write(head('GET / HTTP/1.0'));
    socket.resume();
    expect(await failure).toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    'not HTTP at all\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
  ])('with %.20j is a 502', async (nonsense) => {
    await using bed = await layBed();
    bed.router.route(serving(await bed.rawReplica((socket) => void socket.once('data', () => socket.end(nonsense)))));
    expect((await bed.ask('/', { method: 'POST', body: 'x' })).status).toBe(502);
  });
});

describe('an idle connection that the replica has closed', () => {
  it('fails no request', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((request, response) => void request.pipe(response));
    replica.server.keepAliveTimeout = 1;
    bed.router.route(serving(replica));
    const agent = new http.Agent({ keepAlive: true });
    for (let n = 0; n < 40; n += 1) {
      const method = n % 2 === 0 ? 'GET' : 'POST';
      expect((await ask(bed.port, '/', { method, agent, body: n % 2 === 0 ? '' : 'body' })).status).toBe(200);
      // Around the moment at which the replica closes: sometimes before, sometimes after, sometimes just then.
      const idleMs = n % 8;
      await new Promise((resolve) => setTimeout(resolve, idleMs));
    }
    agent.destroy();
  });
});

describe('without a replica that is ready', () => {
  it('the answer is 503, to come back in a second', async () => {
    await using bed = await layBed();
    bed.router.route(serving());
    expect(await bed.ask('/')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: '503 Service Unavailable: no replica of web in staging is ready\n',
    });
    expect(await bed.counted(1)).toMatchObject([{ status: 503, complete: false }]);
  });
});

describe('a client that leaves', () => {
  it('while it waits ends the request at the replica, and is no error', async () => {
    await using bed = await layBed();
    let ended = 0;
    const replica = await bed.replica(
      (_, response) =>
        void response.on('close', () => {
          ended += 1;
        }),
    );
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write(head('GET / HTTP/1.1'));
    await until(() => replica.inFlight === 1);
    socket.destroy();
    await until(() => ended === 1 && replica.inFlight === 0);
    expect(await bed.counted(1)).toMatchObject([{ status: 499, complete: false, clientGone: true }]);
  });

  it('in the middle of its body ends the request at the replica, and is no error', async () => {
    await using bed = await layBed();
    let begun = 0;
    let ended = 0;
    const replica = await bed.replica((request, response) => {
      request.once('data', () => {
        begun += 1;
      });
      request.on('error', () => undefined);
      response.on('close', () => {
        ended += 1;
      });
    });
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write(`${head('POST / HTTP/1.1', 'Content-Length: 1000000')}begun`);
    await until(() => begun === 1);
    socket.destroy();
    await until(() => ended === 1 && replica.inFlight === 0 && bed.answered.length === 1);
    expect(await bed.counted(1)).toMatchObject([{ status: 499, complete: false, clientGone: true }]);
  });

  it('in the middle of the answer gives the replica back', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(1_000)), 5);
      response.on('close', () => clearInterval(timer));
    });
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write(head('GET / HTTP/1.1'));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await until(() => replica.inFlight === 0 && bed.answered.length === 1);
    expect(await bed.counted(1)).toMatchObject([{ status: 200, complete: false, clientGone: true }]);
  });

  it('with several requests behind one another gives back all their replicas', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.write('begun'));
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write(head('GET /1 HTTP/1.1') + head('GET /2 HTTP/1.1') + head('GET /3 HTTP/1.1'));
    await until(() => replica.inFlight === 3);
    socket.destroy();
    await until(() => replica.inFlight === 0);
    expect(await bed.counted(3)).toHaveLength(3);
  });

  it('before the replica has taken the connection leaves nothing behind', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.end());
    bed.router.route(serving(replica));
    for (let n = 0; n < 20; n += 1) {
      const socket = bed.connect();
      socket.write(head('GET / HTTP/1.1'), () => socket.destroy());
    }
    await until(() => replica.inFlight === 0 && bed.answered.length > 0);
    expect((await bed.ask('/')).status).toBe(200);
    expect(replica.inFlight).toBe(0);
  });
});

describe('a switch of the table', () => {
  it('leaves the requests that were given before it, and sends none after it', async () => {
    await using bed = await layBed();
    const waiting: http.ServerResponse[] = [];
    const old = await bed.replica((_, response) => void waiting.push(response));
    const fresh = await bed.replica((_, response) => void response.end('new'));
    bed.router.route(serving(old));
    const first = bed.ask('/');
    await until(() => old.inFlight === 1);
    bed.router.route(serving(fresh));
    expect((await bed.ask('/')).body).toBe('new');
    expect(old.inFlight).toBe(1);
    await until(() => waiting.length === 1);
    waiting[0]?.end('old');
    expect((await first).body).toBe('old');
    expect(old.inFlight).toBe(0);
  });

  it('under many requests loses none, and counts each once', async () => {
    await using bed = await layBed();
    const replicas = await Promise.all([1, 2, 3].map((n) => bed.replica((_, response) => void response.end(`${n}`))));
    bed.router.route(serving(...replicas));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
    let isOver = false;
    const switching = (async () => {
      for (let n = 0; !isOver; n += 1) {
        bed.router.route(serving(...replicas.filter((_, at) => at !== n % 3)));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => ask(bed.port, '/', { agent })));
    isOver = true;
    await switching;
    agent.destroy();
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await until(() => bed.answered.length >= 1_000);
    expect(bed.answered).toHaveLength(1_000);
    expect(replicas.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
  });
});

it('whatever replicas and clients do, each request ends once and nothing is left in flight', async () => {
  await using bed = await layBed({ bodyIdleMs: 500, answerWithinMs: 500 });
  const misdeeds: ((socket: Socket) => void)[] = [
    (socket) => void socket.destroy(),
    (socket) => void socket.resetAndDestroy(),
    (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    (socket) => void socket.write('nonsense'),
    () => undefined,
  ];
  const any = <One>(all: readonly One[]): One | undefined => all[Math.floor(Math.random() * all.length)];
  const replica = () => bed.rawReplica((socket) => void socket.on('data', () => any(misdeeds)?.(socket)));
  const replicas = [await replica(), await replica(), await refusing()];
  bed.router.route(serving(...replicas));
  const visits = Array.from({ length: 200 }, async (_, n) => {
    const socket = bed.connect();
    const body = n % 3 === 0 ? '' : 'x'.repeat(any([1, 70_000]) ?? 0);
    socket.write(
      head(`${any(['GET', 'POST', 'PUT'])} / HTTP/1.1`, `Content-Length: ${body.length}`, 'Connection: close') + body,
    );
    if (n % 5 === 0) setTimeout(() => socket.destroy(), n % 40);
    await readAll(socket);
  });
  await Promise.all(visits);
  await until(() => replicas.every(({ inFlight }) => inFlight === 0));
  await bed.counted(160);
  expect(bed.answered.length).toBeLessThanOrEqual(200);
});

it('a refusal before any service is known is not counted', async () => {
  await using bed = await layBed();
  const socket = bed.connect();
  socket.write(head('GET / HTTP/1.1', 'Connection: close'));
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n.*no environment answers to the host name/s);
  expect(bed.answered).toEqual([]);
});
