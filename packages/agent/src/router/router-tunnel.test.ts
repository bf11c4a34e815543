import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'undici';
import { describe, expect, it } from 'vitest';
import { type Bed, layBed, oldRelease, readAll, serving, staging, until } from './test-bed.ts';

const forEver = new AbortController().signal;
const head = (line: string, ...more: readonly string[]): string =>
  [line, 'Host: staging.localhost', ...more, '\r\n'].join('\r\n');
const upgrade = head('GET /socket HTTP/1.1', 'Connection: Upgrade', 'Upgrade: shout');

/** Says in capitals what it is told, in a protocol of its own. */
const shouting = async (bed: Bed) => {
  const replica = await bed.replica((_, response) => void response.end('no upgrade'));
  const seen: string[][] = [];
  replica.server.on('upgrade', (request, socket: Duplex) => {
    seen.push(request.rawHeaders);
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\nfirst ');
    socket.on('data', (chunk) => void socket.write(String(chunk).toUpperCase()));
    socket.on('end', () => void socket.end());
  });
  bed.router.route(serving(replica));
  return { replica, seen };
};

/** As little of RFC 6455 as these tests need: short frames, no fragments. */
const echoing = async (bed: Bed) => {
  const replica = await bed.replica((_, response) => void response.end());
  const closes: number[] = [];
  replica.server.on('upgrade', (request, socket: Duplex) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const answer = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
    socket.write([...answer, `Sec-WebSocket-Accept: ${accept}`, '\r\n'].join('\r\n'));
    socket.on('error', () => socket.destroy());
    socket.on('data', (frame: Buffer) => {
      const length = (frame[1] ?? 0) & 0x7f;
      const payload = frame.subarray(6, 6 + length).map((byte, at) => byte ^ (frame[2 + (at % 4)] ?? 0));
      const isClose = ((frame[0] ?? 0) & 0x0f) === 0x8;
      if (isClose) closes.push(Buffer.from(payload).readUInt16BE());
      socket.write(Buffer.concat([Buffer.from([frame[0] ?? 0, length]), payload]));
      if (isClose) socket.end();
    });
  });
  bed.router.route(serving(replica));
  return { replica, closes };
};

const openSocket = async (bed: Bed): Promise<WebSocket> => {
  const own = await bed.router.listenFor(staging, 0);
  const socket = new WebSocket(`ws://127.0.0.1:${own}/socket`);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return socket;
};

describe('a request to upgrade', () => {
  it('opens a tunnel, with the bytes that were sent early on either side', async () => {
    await using bed = await layBed();
    const { replica, seen } = await shouting(bed);
    const socket = bed.connect();
    const text = readAll(socket);
    socket.write(`${upgrade}early `);
    await until(() => replica.inFlight === 1 && seen.length === 1);
    socket.write('later');
    socket.end();
    expect(await text).toMatch(/^HTTP\/1\.1 101 .*x-plumbline-release: r-000000000001.*\r\n\r\nfirst EARLY LATER$/s);
    expect(seen[0]).toEqual(expect.arrayContaining(['x-forwarded-for', '127.0.0.1', 'upgrade', 'shout']));
    expect(await bed.counted(1)).toMatchObject([
      { release: oldRelease, status: 101, complete: true, clientGone: false },
    ]);
    expect(replica.inFlight).toBe(0);
  });

  it('that the replica declines gets its answer, and the connection ends', async () => {
    await using bed = await layBed();
    bed.router.route(serving(await bed.replica((_, response) => void response.writeHead(426).end('no'))));
    expect(await bed.askRaw(upgrade)).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n.*connection: close\r\n.*no/s);
    expect(await bed.counted(1)).toMatchObject([{ status: 426, complete: true }]);
  });

  it.each([
    ['that has a body', 400, head('POST / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: shout', 'Content-Length: 1')],
    ['with two hosts', 400, head('GET / HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: shout')],
  ])('%s is refused with %d', async (_, status, text) => {
    await using bed = await layBed();
    await shouting(bed);
    expect(await bed.askRaw(`${text}x`)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('to no replica is 503, to one that breaks off 502, to one that does not answer 504', async () => {
    await using bed = await layBed({ answerWithinMs: 100 });
    bed.router.route(serving());
    expect(await bed.askRaw(upgrade)).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n/s);
    bed.router.route(serving(await bed.rawReplica((socket) => void socket.once('data', () => socket.destroy()))));
    expect(await bed.askRaw(upgrade)).toMatch(/^HTTP\/1\.1 502 /);
    const silent = await bed.rawReplica(() => undefined);
    bed.router.route(serving(silent));
    expect(await bed.askRaw(upgrade)).toMatch(/^HTTP\/1\.1 504 /);
    expect(silent.inFlight).toBe(0);
    expect((await bed.counted(3)).map(({ status }) => status)).toEqual([503, 502, 504]);
  });
});

describe('a tunnel', () => {
  it('gives the replica back when the client leaves, and ends for the client when the replica does', async () => {
    await using bed = await layBed();
    const { replica } = await shouting(bed);
    const leaver = bed.connect();
    leaver.write(upgrade);
    await new Promise((resolve) => leaver.once('data', resolve));
    leaver.destroy();
    await until(() => replica.inFlight === 0);
    const stayer = bed.connect();
    const text = readAll(stayer);
    stayer.write(upgrade);
    await new Promise((resolve) => stayer.once('data', resolve));
    replica.server.removeAllListeners('upgrade');
    replica.server.closeAllConnections();
    bed.router.route(serving());
    expect(await bed.router.drain(replica, 50, forEver)).toEqual({ cut: 1 });
    expect(await text).toContain('first');
    expect(replica.inFlight).toBe(0);
  });

  it('carries a WebSocket', async () => {
    await using bed = await layBed();
    await echoing(bed);
    const socket = await openSocket(bed);
    const heard = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    socket.send('hello');
    expect(await heard).toBe('hello');
    socket.close(1000);
    expect(await bed.counted(1)).toMatchObject([{ status: 101, complete: true }]);
  });

  it('tells a WebSocket of a drained replica that it goes away, and both ends close', async () => {
    await using bed = await layBed();
    const { replica, closes } = await echoing(bed);
    const socket = await openSocket(bed);
    const closed = new Promise((resolve) => {
      socket.onclose = ({ code, wasClean }) => resolve({ code, wasClean });
    });
    bed.router.route(serving());
    expect(await bed.router.drain(replica, 60_000, forEver)).toEqual({ cut: 0 });
    expect(await closed).toEqual({ code: 1001, wasClean: true });
    expect(closes).toEqual([1001]);
    expect(await bed.counted(1)).toMatchObject([{ status: 101, complete: true, clientGone: false }]);
  });

  it('tells it behind the message that has begun, and at the deadline in any case', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.end());
    const sockets: Duplex[] = [];
    replica.server.on('upgrade', (_, socket: Duplex) => {
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      const answer = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', '\r\n'];
      socket.write(Buffer.concat([Buffer.from(answer.join('\r\n')), Buffer.from([0x81, 4, 0x61, 0x62])]));
    });
    bed.router.route(serving(replica));
    const client = bed.connect();
    const text = readAll(client);
    client.write(head('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'));
    await new Promise((resolve) => client.once('data', resolve));
    const draining = bed.router.drain(replica, 300, forEver);
    sockets[0]?.write(Buffer.from([0x63, 0x64, 0x81, 1, 0x65]));
    expect(await draining).toEqual({ cut: 1 });
    expect((await text).endsWith('\x81\x04abcd\x88\x02\x03\xe9')).toBe(true);
    expect(await bed.counted(1)).toMatchObject([{ status: 101, complete: true }]);
  });

  it('is cut at the deadline when its protocol knows no end', async () => {
    await using bed = await layBed();
    const { replica } = await shouting(bed);
    const socket = bed.connect();
    const text = readAll(socket);
    socket.write(upgrade);
    await new Promise((resolve) => socket.once('data', resolve));
    expect(await bed.router.drain(replica, 50, forEver)).toEqual({ cut: 1 });
    expect(await text).toContain('first');
    expect(await bed.counted(1)).toMatchObject([{ status: 101, complete: false, clientGone: false }]);
  });

  it('does not keep the router from closing', async () => {
    await using bed = await layBed();
    const { replica } = await shouting(bed);
    const socket = bed.connect();
    socket.write(upgrade);
    socket.resume();
    await until(() => replica.inFlight === 1);
    await bed.router.close(50);
    expect(replica.inFlight).toBe(0);
    await until(() => socket.destroyed);
  });
});
