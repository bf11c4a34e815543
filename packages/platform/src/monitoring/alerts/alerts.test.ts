import { beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '../../infrastructure/renderer.ts';
import { connect2Places, placeOf, withRouting } from '../../testing/kubernetes.ts';
import { thresholds } from '../thresholds.ts';
import { alarmsOf } from './cloudwatch/alarms.ts';
import { datadogValues } from './datadog/values.ts';
import { groupsOf } from './prometheus/rules.ts';
import { questions } from './questions.ts';
import { levelsOf } from './severity.ts';

let development: Place;
let production: Place;
beforeAll(async () => {
  const [first, , last] = await connect2Places();
  if (!first || !last) throw new Error('Connect 2.0 has three environments');
  [development, production] = [first, last];
});

interface Values {
  readonly parts: Readonly<Record<string, { readonly query: string; readonly threshold: number }>>;
  readonly monitors: Readonly<Record<string, { readonly all_of: readonly string[]; readonly severity: string }>>;
  readonly objective: { readonly burns: Readonly<Record<string, { readonly times: number }>> };
  readonly percentiles: Readonly<Record<string, readonly string[]>>;
}

const datadogOf = (place: Place): Values => JSON.parse(datadogValues([place])[0]?.content ?? '{}');

const withLevel = (place: Place, row: 'node-memory' | 'error-rate', critical: number): Place => ({
  ...place,
  thresholds: { ...place.thresholds, [row]: { ...place.thresholds[row], critical } },
});

describe('what is asked for', () => {
  test('each level of each row is a monitor of Datadog, made of parts that there are', () => {
    const { parts, monitors } = datadogOf(production);
    for (const [name, row] of Object.entries(thresholds)) {
      for (const { severity, at } of levelsOf(row)) {
        const found = Object.entries(monitors).filter(([key]) => key.startsWith(name) && key.endsWith(severity));
        expect([name, severity, found.length > 0]).toEqual([name, severity, true]);
        for (const [key] of found) expect(parts[key]).toMatchObject({ threshold: at });
      }
    }
    const used = Object.values(monitors).flatMap(({ all_of }) => all_of);
    expect([...new Set(used)].sort()).toEqual(Object.keys(parts).sort());
  });

  test('the number of a query is the number of its threshold', () => {
    for (const { query, threshold } of Object.values(datadogOf(production).parts)) {
      expect(Number(/-?[\d.]+$/.exec(query)?.[0])).toBe(threshold);
    }
  });

  test('errors and slowness need enough requests, and CPU an autoscaler at its most', () => {
    const { monitors } = datadogOf(production);
    const made = (key: string) => monitors[key]?.all_of.slice(1);
    expect(made('error-rate-connect2-backend-critical')).toEqual(['requests-connect2-backend-5m']);
    expect(made('response-time-p95-connect2-frontend-warning')).toEqual(['requests-connect2-frontend-5m']);
    expect(made('cpu-usage-connect2-backend-blue-warning')).toEqual(['no-replica-left-connect2-backend-blue']);
    expect(datadogOf(development).monitors['cpu-usage-connect2-backend-blue-warning']?.all_of).toHaveLength(1);
  });

  test('the budget is told of at all three paces', () => {
    const { monitors, objective, parts } = datadogOf(production);
    expect(Object.values(objective.burns).map(({ times }) => times)).toEqual([14.4, 6]);
    expect(monitors['error-budget-72h']).toMatchObject({ severity: 'warning' });
    expect(parts['error-budget-72h-in-6h']?.query).toMatch(/^sum\(last_6h\):.* > 0\.5$/);
  });

  test('percentiles, a setting of the whole organisation, belong to the last environment alone', () => {
    expect(Object.keys(datadogOf(production).percentiles)).toEqual(['istio.mesh.request.duration.milliseconds']);
    expect(datadogOf(development).percentiles).toEqual({});
    expect(Object.keys(datadogOf(withRouting(production, 'ingress')).percentiles)).toEqual([
      'router.upstream_latency_ms',
    ]);
  });

  test('CloudWatch is asked for what it sees, and a row that it does not see says why', () => {
    const rows = Object.keys(alarmsOf(production)).map((key) =>
      Object.keys(thresholds).find((row) => key.startsWith(row)),
    );
    const seen = [...new Set(rows)];
    expect(seen).toEqual([
      'memory-usage',
      'disk-usage',
      'database-connections',
      'pod-restarts',
      'node-cpu',
      'node-memory',
    ]);
    const unseen = Object.entries(questions).filter(([, { cloudwatch }]) => 'unseen' in cloudwatch);
    expect(unseen.map(([name]) => name)).toEqual(['error-rate', 'response-time-p95', 'request-rate', 'disk-io']);
  });

  test('E8-6: CloudWatch, which cannot ask the autoscaler, is asked for CPU only where there is none', () => {
    const ofCpu = (place: Place) => Object.keys(alarmsOf(place)).filter((key) => key.startsWith('cpu'));
    expect(ofCpu(production)).toEqual([]);
    expect(ofCpu(development)).toContain('cpu-usage-connect2-backend-blue-warning');
  });

  test('free space falls where usage rises, and connections are counted, not rated', () => {
    const alarms = alarmsOf(production);
    expect(alarms['disk-usage-database-warning']).toMatchObject({
      metric: 'FreeStorageSpace',
      comparison: 'LessThanThreshold',
      threshold: 0.15 * 100 * 1024 ** 3,
    });
    // Ten replicas with a pool of ten and one connection beside it.
    expect(alarms['database-connections-database-warning']).toMatchObject({ threshold: 0.8 * 10 * 11 });
  });

  test('a level of an environment changes rules, alarms and monitors alike', () => {
    const changed = withLevel(production, 'node-memory', 93);
    expect(alarmsOf(changed)['node-memory-critical']).toMatchObject({ threshold: 93 });
    expect(datadogOf(changed).parts['node-memory-critical']?.query).toMatch(/ > 93$/);
    expect(JSON.stringify(groupsOf(changed))).toContain('> 93');
  });
});

test('another app has its own names in all of it, and no rule for a database that it does not have', async () => {
  const shop = await placeOf(
    'app: shop\npath: [development, staging, production]\ndomain: shop.example\nservices: { web: { start: [node, server.js], route: /, health: /up } }\n',
    'production',
  );
  const all = JSON.stringify([groupsOf(shop), alarmsOf(shop), datadogOf(shop)]);
  expect(all).not.toMatch(/connect2|backend|frontend/);
  expect(groupsOf(shop).map(({ name }) => name)).not.toContain('shop-production-database-connections');
  expect(datadogOf(shop).monitors).not.toHaveProperty('database-connections-database-warning');
});
