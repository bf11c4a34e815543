import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, type Direction, direct } from './direct.ts';
import type { RoutingTable } from './table.ts';
import { newRelease, oldRelease, service, slotOf, table } from './test-bed.ts';

const ready = [{ replica: 'one', port: 1, inFlight: 0 }];
const services = (upstreams = ready) => [
  service({ name: 'frontend', route: '/', assets: '/assets', upstreams }),
  service({ name: 'backend', route: '/api', upstreams }),
  service({ name: 'reports', route: '/api/reports', upstreams }),
];
const both = (more: Partial<RoutingTable> = {}): RoutingTable =>
  table({ stable: slotOf(oldRelease, services()), candidate: slotOf(newRelease, services()), ...more });
const go = (routes: RoutingTable, path: string, more: Partial<Asked> = {}, draw = 0.5): Direction =>
  direct(routes, { path, headers: {}, ofCandidate: false, ...more }, () => draw);
const where = (direction: Direction): string =>
  direction.kind === 'to' ? `${direction.release} ${direction.service.name}` : 'nowhere';

describe('the service of a path', () => {
  it.each([
    ['/', 'frontend'],
    ['/projects/1?x=/api', 'frontend'],
    ['/api', 'backend'],
    ['/api/', 'backend'],
    ['/api?x', 'backend'],
    ['/api/users', 'backend'],
    ['/apiary', 'frontend'],
    ['/api/reports', 'reports'],
    ['/api/reports/1', 'reports'],
    ['/api/reportsx', 'backend'],
    ['/API', 'frontend'],
  ])('for %s is %s', (path, name) => {
    expect(where(go(both(), path))).toBe(`${oldRelease} ${name}`);
  });

  it('is none where no route matches', () => {
    const routes = table({ stable: slotOf(oldRelease, [service({ route: '/api', upstreams: ready })]) });
    expect(go(routes, '/')).toEqual({ kind: 'nowhere', because: expect.stringContaining('no service') });
  });
});

describe('an asset of a release', () => {
  it.each([0, 5, 100])('goes to the slot that holds the release at weight %d, and is not pinned', (weight) => {
    const routes = both({ candidateWeightPercent: weight });
    for (const release of [oldRelease, newRelease]) {
      const direction = go(routes, `/assets/${release}/app.js?x`);
      expect(where(direction)).toBe(`${release} frontend`);
      expect(direction).toMatchObject({ setCookie: undefined });
    }
  });

  it('is nowhere when no slot holds the release', () => {
    expect(go(both(), '/assets/r-00000000000f/app.js')).toEqual({
      kind: 'nowhere',
      because: 'no slot of staging holds r-00000000000f, whose asset this is',
    });
  });

  it('is an ordinary path without a release in it', () => {
    expect(where(go(both(), '/assets/logo.svg'))).toBe(`${oldRelease} frontend`);
    expect(where(go(both(), `/assetsx/${newRelease}/app.js`))).toBe(`${oldRelease} frontend`);
  });
});

describe('the candidate by its own name', () => {
  it('is reached at weight 0', () => {
    expect(where(go(both(), '/api', { ofCandidate: true }))).toBe(`${newRelease} backend`);
  });

  it('is nowhere while there is none', () => {
    const direction = go(both({ candidate: null }), '/', { ofCandidate: true });
    expect(direction).toEqual({ kind: 'nowhere', because: 'staging has no candidate at present' });
  });

  it('is not replaced by stable when it is not ready', () => {
    const routes = both({ candidate: slotOf(newRelease, services([])), candidateWeightPercent: 50 });
    expect(where(go(routes, '/', { ofCandidate: true }))).toBe(`${newRelease} frontend`);
  });
});

describe('a slot that is not ready', () => {
  it('gives its visitors to stable, without pinning them there', () => {
    const routes = both({ candidate: slotOf(newRelease, services([])), candidateWeightPercent: 50 });
    const direction = go(routes, '/', {}, 0.1);
    expect(where(direction)).toBe(`${oldRelease} frontend`);
    expect(direction).toMatchObject({ setCookie: undefined });
  });

  it('gives its visitors to a candidate that has weight', () => {
    const routes = both({ stable: slotOf(oldRelease, services([])), candidateWeightPercent: 1 });
    expect(where(go(routes, '/', {}, 0.9))).toBe(`${newRelease} frontend`);
  });

  it('gives them to nobody else at weight 0', () => {
    const routes = both({ stable: slotOf(oldRelease, services([])) });
    expect(where(go(routes, '/'))).toBe(`${oldRelease} frontend`);
  });
});

it('never sends a visitor to a candidate at weight 0', () => {
  const path = fc.oneof(fc.webPath(), fc.constantFrom('/', '/api', '/assets/x'));
  fc.assert(
    fc.property(path, fc.string(), fc.boolean(), (asked, cookie, isReady) => {
      const routes = both({ stable: slotOf(oldRelease, services(isReady ? ready : [])) });
      const direction = go(routes, asked.startsWith('/') ? asked : `/${asked}`, { headers: { cookie } });
      expect(direction.kind === 'to' && direction.release === newRelease).toBe(false);
    }),
  );
});
