import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask, layBed, readAll, serving, until } from './test-bed.ts';

const head = (line: string, ...more: readonly string[]): string =>
  [line, 'Host: staging.localhost', ...more, '\r\n'].join('\r\n');
const forEver = new AbortController().signal;

describe('draining a replica', () => {
  it('ends at once when it holds no request', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => void response.end());
    bed.router.route(serving(replica));
    expect(await bed.router.drain(replica, 60_000, forEver)).toEqual({ cut: 0 });
    await bed.ask('/');
    bed.router.route(serving());
    expect(await bed.router.drain(replica, 60_000, forEver)).toEqual({ cut: 0 });
  });

  it('ends when its last request has ended, and cuts none', async () => {
    await using bed = await layBed();
    const waiting: ServerResponse[] = [];
    const replica = await bed.replica((_, response) => void waiting.push(response));
    bed.router.route(serving(replica));
    const answers = [bed.ask('/1'), bed.ask('/2')];
    await until(() => waiting.length === 2);
    bed.router.route(serving());
    let isDrained = false;
    const draining = bed.router.drain(replica, 60_000, forEver).then((outcome) => {
      isDrained = true;
      return outcome;
    });
    waiting[0]?.end('one');
    await answers[0];
    expect(isDrained).toBe(false);
    waiting[1]?.end('two');
    expect(await draining).toEqual({ cut: 0 });
    expect((await Promise.all(answers)).map(({ body }) => body).sort()).toEqual(['one', 'two']);
  });

  it('cuts what is left at the deadline: 503 before the answer, a broken connection within it', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((request, response) => {
      if (request.url === '/half') response.write('half');
    });
    bed.router.route(serving(replica));
    const silent = bed.ask('/silent');
    const half = bed.ask('/half');
    half.catch(() => undefined);
    await until(() => replica.inFlight === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    bed.router.route(serving());
    expect(await bed.router.drain(replica, 100, forEver)).toEqual({ cut: 2 });
    expect(replica.inFlight).toBe(0);
    expect(await silent).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    await expect(half).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect((await bed.counted(2)).every(({ complete }) => !complete)).toBe(true);
  });

  it('stops waiting and cuts nothing when the signal aborts', async () => {
    await using bed = await layBed();
    const waiting: ServerResponse[] = [];
    const replica = await bed.replica((_, response) => void waiting.push(response));
    bed.router.route(serving(replica));
    const answer = bed.ask('/');
    await until(() => waiting.length === 1);
    const leaving = new AbortController();
    const draining = bed.router.drain(replica, 60_000, leaving.signal);
    leaving.abort(new Error('enough'));
    await expect(draining).rejects.toThrow('enough');
    await expect(bed.router.drain(replica, 60_000, leaving.signal)).rejects.toThrow('enough');
    waiting[0]?.end('still there');
    expect((await answer).body).toBe('still there');
  });
});

describe('an event stream of a replica that is drained', () => {
  it('ends cleanly at once when it stands between two events', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
    });
    bed.router.route(serving(replica));
    const stream = bed.ask('/');
    await until(() => replica.inFlight === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    bed.router.route(serving());
    expect(await bed.router.drain(replica, 60_000, forEver)).toEqual({ cut: 0 });
    expect(await stream).toMatchObject({ status: 200, body: 'data: one\n\n' });
    expect(await bed.counted(1)).toMatchObject([{ status: 200, complete: true, clientGone: false }]);
  });

  it('ends behind the event that has begun', async () => {
    await using bed = await layBed();
    const streams: ServerResponse[] = [];
    const replica = await bed.replica((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('data: one\n\ndata: tw');
      streams.push(response);
    });
    bed.router.route(serving(replica));
    const socket = bed.connect();
    let text = '';
    socket.on('data', (more) => {
      text += more;
    });
    socket.write(head('GET / HTTP/1.1', 'Connection: close'));
    await until(() => text.includes('tw'));
    const draining = bed.router.drain(replica, 60_000, forEver);
    streams[0]?.write('o\n\ndata: three');
    expect(await draining).toEqual({ cut: 0 });
    await until(() => text.endsWith('0\r\n\r\n'));
    expect(text).toContain('o\n\n');
    expect(text).not.toContain('three');
  });

  it('ends at the deadline when its event does not', async () => {
    await using bed = await layBed();
    const replica = await bed.replica((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\ndata: tw');
    });
    bed.router.route(serving(replica));
    const socket = bed.connect();
    const text = readAll(socket);
    socket.write(head('GET / HTTP/1.1', 'Connection: close'));
    await new Promise((resolve) => socket.once('data', resolve));
    expect(await bed.router.drain(replica, 100, forEver)).toEqual({ cut: 1 });
    expect((await text).endsWith('0\r\n\r\n')).toBe(true);
  });
});

describe('closing the router', () => {
  it('takes no more connections, lets requests end, and closes idle connections', async () => {
    await using bed = await layBed();
    const waiting: ServerResponse[] = [];
    const replica = await bed.replica((request, response) => {
      if (request.url === '/wait') waiting.push(response);
      else response.end();
    });
    bed.router.route(serving(replica));
    const idle = bed.connect();
    idle.write(head('GET / HTTP/1.1'));
    await new Promise((resolve) => idle.once('data', resolve));
    const answer = bed.ask('/wait');
    await until(() => waiting.length === 1);
    const closing = bed.router.close(60_000);
    await until(() => idle.destroyed);
    await expect(ask(bed.port, '/')).rejects.toThrow('ECONNREFUSED');
    waiting[0]?.end('last');
    expect((await answer).body).toBe('last');
    await closing;
  });

  it('tells a client that asks again on its connection to close it', async () => {
    await using bed = await layBed();
    const waiting: ServerResponse[] = [];
    const replica = await bed.replica((_, response) => void waiting.push(response));
    bed.router.route(serving(replica));
    const socket = bed.connect();
    const text = readAll(socket);
    socket.write(head('GET /1 HTTP/1.1'));
    await until(() => waiting.length === 1);
    const closing = bed.router.close(60_000);
    socket.write(head('GET /2 HTTP/1.1'));
    waiting[0]?.end('one');
    await until(() => waiting.length === 2 || socket.destroyed);
    waiting[1]?.end('two');
    await closing;
    if (waiting.length === 2) expect(await text).toMatch(/connection: close\r\n[^\r]*.*two/is);
  });

  it('cuts what is left at the deadline', async () => {
    await using bed = await layBed();
    const replica = await bed.replica(() => undefined);
    bed.router.route(serving(replica));
    const answer = bed.ask('/');
    await until(() => replica.inFlight === 1);
    await bed.router.close(100);
    expect(await answer).toMatchObject({ status: 503 });
    expect(replica.inFlight).toBe(0);
  });
});
