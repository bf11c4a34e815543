import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { layBed, newRelease, readBytes, service, serving, slotOf, table, until } from './test-bed.ts';

const slowMs = 800;

describe('the time that counts of a request', () => {
  it('is the wait for the answer of a service that is really slow, with a body or without', async () => {
    await using bed = await layBed();
    const replica = await bed.replica(async (request, response) => {
      await readBytes(request);
      await pause(slowMs);
      response.end('late');
    });
    bed.router.route(serving(replica));
    await bed.ask('/');
    await bed.ask('/', { method: 'POST', body: 'all at once' });
    for (const { waitMs } of await bed.counted(2)) expect(waitMs).toBeGreaterThan(slowMs - 10);
  });

  it('ends with the head, though the service takes long over the rest', async () => {
    await using bed = await layBed();
    const replica = await bed.replica(async (_, response) => {
      response.writeHead(200, { 'content-length': 7 }).write('one');
      await pause(slowMs);
      response.end(' two');
    });
    bed.router.route(serving(replica));
    await bed.ask('/');
    expect((await bed.counted(1))[0]?.waitMs).toBeLessThan(slowMs - 100);
  });

  it('has nothing of the time that a slow client takes to read', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.end(Buffer.alloc(20_000_000)));
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write('GET / HTTP/1.1\r\nHost: staging.localhost\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    await pause(slowMs);
    socket.resume();
    expect((await bed.counted(1))[0]).toMatchObject({ status: 200, complete: true });
    expect(bed.answered[0]?.waitMs).toBeLessThan(slowMs - 100);
  });

  it('has nothing of the time that a client takes to send its body', async () => {
    await using bed = await layBed();
    bed.router.route(
      serving(await bed.replica(async (request, response) => void response.end(await readBytes(request)))),
    );
    const socket = bed.connect();
    socket.write('POST / HTTP/1.1\r\nHost: staging.localhost\r\nConnection: close\r\nContent-Length: 6\r\n\r\n');
    for (const part of ['on', 'e t', 'w']) {
      await pause(slowMs / 3);
      socket.write(part);
    }
    expect((await bed.counted(1))[0]).toMatchObject({ status: 200, complete: true });
    expect(bed.answered[0]?.waitMs).toBeLessThan(slowMs - 100);
  });

  it('is none where the client leaves or falls silent in the middle of its body', async () => {
    await using bed = await layBed({ bodyIdleMs: slowMs / 2 });
    bed.router.route(serving(await bed.replica((request) => void request.resume())));
    const head = 'POST / HTTP/1.1\r\nHost: staging.localhost\r\nContent-Length: 6\r\n\r\none';
    const leaving = bed.connect();
    leaving.write(head);
    bed.connect().write(head);
    await pause(slowMs / 4);
    leaving.destroy();
    const both = await bed.counted(2);
    expect(both.map(({ status, waitMs }) => [status, waitMs])).toEqual([
      [499, 0],
      [408, 0],
    ]);
  });

  it('is the wait so far where the client leaves before the answer', async () => {
    await using bed = await layBed();
    const replica = await bed.replica(() => undefined);
    bed.router.route(serving(replica));
    const socket = bed.connect();
    socket.write('GET / HTTP/1.1\r\nHost: staging.localhost\r\n\r\n');
    await until(() => replica.inFlight === 1);
    await pause(slowMs);
    socket.destroy();
    const [one] = await bed.counted(1);
    expect(one).toMatchObject({ status: 499, clientGone: true });
    expect(one?.waitMs).toBeGreaterThan(slowMs - 10);
  });

  it('ends with the head of an event stream or a tunnel, however long it stays open', async () => {
    await using bed = await layBed();
    const streams = await bed.replica(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
      await pause(slowMs);
      response.end();
    });
    const tunnels = await bed.rawReplica(async (socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n');
      await pause(slowMs);
      socket.end();
    });
    const services = [
      service({ upstreams: [streams] }),
      service({ name: 'tunnels', route: '/t', upstreams: [tunnels] }),
    ];
    bed.router.route(table({ stable: slotOf(newRelease, services) }));
    await bed.ask('/');
    await bed.askRaw('GET /t HTTP/1.1\r\nHost: staging.localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n');
    const both = await bed.counted(2);
    expect(both.map(({ status }) => status)).toEqual([200, 101]);
    for (const { waitMs } of both) expect(waitMs).toBeLessThan(slowMs - 100);
  });
});
