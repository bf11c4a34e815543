import http, { type ServerResponse } from 'node:http';
import type { Cohort } from '@plumbline/contract/shape';
import { describe, expect, it } from 'vitest';
import { visitorCookie } from './choose-slot.ts';
import type { RoutingTable } from './table.ts';
import { type Bed, layBed, newRelease, oldRelease, service, slotOf, table, until } from './test-bed.ts';

/** Draws that fill the range evenly, so that a share of n of them is as near as it can be: 4 sigma would be far wider. */
const evenly = (): (() => number) => {
  let drawn = 0;
  return () => {
    drawn += 1;
    return (drawn * 0.6180339887498949) % 1;
  };
};

const visitors = 200;
const withinPercent = 2;

/** A bed with both releases ready, each with a frontend and a backend. */
const layCanary = async () => {
  const bed = await layBed({}, evenly());
  const ready = async (name: string, route: string) =>
    service({ name, route, assets: name === 'frontend' ? '/assets' : null, upstreams: [await bed.replica(answer)] });
  const slot = async (release: typeof oldRelease) =>
    slotOf(release, [await ready('frontend', '/'), await ready('backend', '/api')]);
  const [stable, candidate] = [await slot(oldRelease), await slot(newRelease)];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
  return {
    bed,
    ask: (path: string, headers: http.OutgoingHttpHeaders = {}) => bed.ask(path, { agent, headers }),
    weigh: (candidateWeightPercent: number, more: Partial<RoutingTable> = {}) =>
      bed.router.route(table({ stable, candidate, candidateWeightPercent, ...more })),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await bed[Symbol.asyncDispose]();
    },
  };
};
type Canary = Awaited<ReturnType<typeof layCanary>>;

const answer = (_: http.IncomingMessage, response: ServerResponse): void => void response.end('here');
const releaseOf = ({ headers }: { readonly headers: http.IncomingHttpHeaders }) => headers['x-plumbline-release'];

interface Visitor {
  cookie?: string;
}

/** Loads a page as a browser does, and gives the releases that answered: there should be one. */
const browse = async ({ ask }: Canary, visitor: Visitor, more: http.OutgoingHttpHeaders = {}) => {
  const page = await ask('/', { ...visitor, ...more });
  const given = page.headers['set-cookie']?.[0]?.split(';')[0];
  if (given !== undefined) visitor.cookie = given;
  const release = releaseOf(page);
  const parts = [`/assets/${release}/app.js`, '/logo.svg', '/api/me'].map((path) => ask(path, { ...visitor }));
  return [...new Set([release, ...(await Promise.all(parts)).map(releaseOf)])];
};

const releasesSeen = async (canary: Canary, all: readonly Visitor[]) => {
  const seen = [];
  for (const one of all) seen.push(await browse(canary, one));
  return seen;
};

const sharePercent = (seen: readonly (readonly unknown[])[]): number =>
  (100 * seen.filter((releases) => releases.includes(newRelease)).length) / seen.length;

const cookieless = async ({ ask }: Canary) => {
  const seen = [];
  for (let n = 0; n < visitors; n += 1) seen.push([releaseOf(await ask('/api/me'))]);
  return seen;
};

describe('a canary', () => {
  it('has its weight of visitors and of cookieless requests at every step, and an abort takes everybody back', async () => {
    await using canary = await layCanary();
    const all: Visitor[] = Array.from({ length: visitors }, () => ({}));
    let before: readonly (readonly unknown[])[] = [];
    for (const weight of [0, 5, 10, 25, 50, 100]) {
      canary.weigh(weight);
      const seen = await releasesSeen(canary, all);
      expect(seen.every((releases) => releases.length === 1)).toBe(true);
      for (const [index, releases] of before.entries())
        if (releases.includes(newRelease)) expect(seen[index]).toEqual([newRelease]);
      expect(Math.abs(sharePercent(seen) - weight)).toBeLessThanOrEqual(withinPercent);
      expect(Math.abs(sharePercent(await cookieless(canary)) - weight)).toBeLessThanOrEqual(withinPercent);
      before = seen;
    }
    canary.weigh(0);
    expect(sharePercent(await releasesSeen(canary, all))).toBe(0);
    expect(sharePercent(await cookieless(canary))).toBe(0);
  });

  it('keeps its visitors when its weight falls for lack of capacity, and gets less of the new ones', async () => {
    await using canary = await layCanary();
    const all: Visitor[] = Array.from({ length: visitors }, () => ({}));
    canary.weigh(50);
    const before = await releasesSeen(canary, all);
    canary.weigh(10);
    expect(await releasesSeen(canary, all)).toEqual(before);
    const fresh = await releasesSeen(
      canary,
      all.map(() => ({})),
    );
    expect(Math.abs(sharePercent(fresh) - 10)).toBeLessThanOrEqual(withinPercent);
    canary.weigh(50);
    expect(await releasesSeen(canary, all)).toEqual(before);
  });

  it('keeps its weight of visitors where it has the release of stable, with other settings', async () => {
    await using bed = await layBed({}, evenly());
    const held = async (slot: 'blue' | 'green') => ({
      slot,
      release: oldRelease,
      services: [service({ upstreams: [await bed.replica((_, response) => void response.end(slot))] })],
    });
    bed.router.route(table({ stable: await held('blue'), candidate: await held('green'), candidateWeightPercent: 10 }));
    const visit = async (headers: http.OutgoingHttpHeaders) => bed.ask('/', { headers });
    let [first, second] = [0, 0];
    for (let n = 0; n < visitors; n += 1) {
      const page = await visit({});
      const cookie = page.headers['set-cookie']?.[0]?.split(';')[0];
      if (page.body === 'green') first += 1;
      if ((await visit({ cookie })).body === 'green') second += 1;
    }
    expect(Math.abs((100 * first) / visitors - 10)).toBeLessThanOrEqual(withinPercent);
    expect(second).toBe(first);
  });
});

describe('the slot of a request', () => {
  const head = (cookie: string, more = '') =>
    `GET / HTTP/1.1\r\nHost: staging.localhost\r\nCookie: ${cookie}\r\n${more}\r\n`;
  const released = (text: string) => [...text.matchAll(/x-plumbline-release: (\S+)/g)].map(([, release]) => release);

  it('is chosen for each of the requests that are pipelined on one connection', async () => {
    await using canary = await layCanary();
    canary.weigh(50);
    const [withOld, withNew] = [`${visitorCookie}=d-1.blue.99`, `${visitorCookie}=d-1.green.1`];
    const requests = [withOld, withNew, withNew, withOld].map((cookie) => head(cookie)).join('');
    const text = await canary.bed.askRaw(`${requests}${head(withNew, 'Connection: close\r\n')}`);
    expect(released(text)).toEqual([oldRelease, newRelease, newRelease, oldRelease, newRelease]);
  });

  it('is drawn for each request of a client without cookies, whichever of its connections it uses', async () => {
    await using canary = await layCanary();
    canary.weigh(50);
    for (let connection = 0; connection < 4; connection += 1) {
      const text = await canary.bed.askRaw(`${head('a=b').repeat(20)}${head('a=b', 'Connection: close\r\n')}`);
      expect(new Set(released(text))).toEqual(new Set([oldRelease, newRelease]));
    }
  });

  it('is stable for all that start after the weight is 0, also on connections that were with the candidate', async () => {
    await using canary = await layCanary();
    const { bed } = canary;
    const waiting: ServerResponse[] = [];
    const slow = service({ upstreams: [await bed.replica((_, response) => void waiting.push(response))] });
    canary.weigh(100, { candidate: slotOf(newRelease, [slow]) });
    const connections = Array.from({ length: 40 }, () => listen(bed));
    for (const { socket } of connections) socket.write(head('a=b'));
    await until(() => waiting.length === 40);
    canary.weigh(0, { candidate: slotOf(newRelease, [slow]) });
    for (const { socket } of connections) socket.write(head('a=b'));
    for (const response of waiting) response.end('the last of the candidate');
    await until(() => connections.every(({ text }) => released(text()).length === 2));
    expect(connections.map(({ text }) => released(text()))).toEqual(Array(40).fill([newRelease, oldRelease]));
    expect(waiting).toHaveLength(40);
  });
});

const listen = (bed: Bed) => {
  const socket = bed.connect();
  let text = '';
  socket.on('data', (more) => {
    text += more;
  });
  return { socket, text: () => text };
};

describe('a cohort', () => {
  it.each<[string, Cohort, http.OutgoingHttpHeaders]>([
    ['header', { by: 'header', name: 'X-Tester', value: 'yes' }, { 'x-tester': 'yes' }],
    ['cookie', { by: 'cookie', name: 'tester', value: 'yes' }, { cookie: 'tester=yes' }],
  ])('by %s has the candidate at weight 0, page and parts, until it is taken away', async (_, cohort, mark) => {
    await using canary = await layCanary();
    const [member, other]: [Visitor, Visitor] = [{}, {}];
    canary.weigh(0, { cohort });
    expect(await browse(canary, member, mark)).toEqual([newRelease]);
    expect(await browse(canary, member)).toEqual([newRelease]);
    expect(await browse(canary, other)).toEqual([oldRelease]);
    expect(sharePercent(await cookieless(canary))).toBe(0);
    canary.weigh(0);
    expect(await browse(canary, member, mark)).toEqual([oldRelease]);
  });

  it('is beside the weight', async () => {
    await using canary = await layCanary();
    canary.weigh(10, { cohort: { by: 'header', name: 'x-tester', value: 'yes' } });
    const all: Visitor[] = Array.from({ length: visitors }, () => ({}));
    expect(Math.abs(sharePercent(await releasesSeen(canary, all)) - 10)).toBeLessThanOrEqual(withinPercent);
    for (const one of all) expect(await browse(canary, one, { 'x-tester': 'yes' })).toEqual([newRelease]);
  });
});
