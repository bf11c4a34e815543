import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../infrastructure/kubernetes/manifest.ts';
import { checkStrictly } from '../infrastructure/kubernetes/strict/check-strict.ts';
import type { Place } from '../infrastructure/renderer.ts';
import { connect2Places, withRouting } from '../testing/kubernetes.ts';
import { agentObjects } from './agent/agent.ts';
import { checkAgent } from './agent/check-agent.ts';
import { checkAlerts, type ScalesAt } from './alerts/check-alerts.ts';
import type { AlertingRule } from './alerts/prometheus/rule.ts';
import { groupsOf } from './alerts/prometheus/rules.ts';
import { runbookSlugs, unwritten } from './alerts/runbooks.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/specification/${name}`, import.meta.url), 'utf8');

// The specification's own YAML: what is wrong with it is what the tests are about.
const specifiedAgent = parseAllDocuments(fixture('datadog-agent.yaml')).map((one) => one.toJS() as Manifest);

/** `| **Error Rate** | > 1% | Warning |`, as a rule that says just that. */
const specifiedAlerts: readonly AlertingRule[] = fixture('key-metrics.md')
  .split('\n')
  .flatMap((line) => {
    const [, title, level, severity] = /^\| \*\*(.+)\*\* \| ([^|]+) \| (\w+)/.exec(line) ?? [];
    if (!title || !level || !severity) return [];
    const alert = title.replace('CPU', 'Cpu').replaceAll(/[^A-Za-z0-9]/g, '');
    return [{ alert, expr: `${alert} ${level.trim()}`, labels: { severity: severity.toLowerCase() }, annotations: {} }];
  });

/** The HPA of 5.1. */
const specifiedScaling: ScalesAt = { cpu: 70, memory: 80 };

let places: readonly Place[];
beforeAll(async () => {
  places = (await connect2Places()).flatMap((place) => [place, withRouting(place, 'ingress')]);
});

const ourFindings = (id: string) =>
  places.flatMap((place) =>
    checkAlerts(
      groupsOf(place).flatMap(({ rules }) => rules),
      { cpu: place.settings.scaling ? place.infrastructure.scaling.cpuPercent : null, memory: null },
    ).filter((one) => one.id === id),
  );
const specifiedFindings = (id: string) =>
  checkAlerts(specifiedAlerts, specifiedScaling)
    .filter((one) => one.id === id)
    .map(({ alert, message }) => `${alert}: ${message}`);

test.each([
  ['E8-1', 'a key in a ConfigMap', 'has the API key where everybody can read it'],
  ['E8-1', 'a variable in a ConfigMap', 'has a variable that nothing fills in'],
  ['E8-1', 'a setting that there is not', 'apm_enabled is no setting'],
  ['E8-1', 'a ConfigMap that nobody reads', 'is mounted by nothing'],
  ['E8-1', 'a Secret that nobody makes', 'nothing makes the Secret datadog-secret'],
  ['E8-2', 'an agent of whatever version', 'its image has no version'],
  ['E8-2', 'an agent that may ask nothing', 'has no account'],
  ['E8-2', 'an agent that nothing reaches', 'hears no metrics and traces'],
  ['E8-2', 'an agent without its kubelet', 'does not know where its kubelet is'],
  ['E8-2', 'an agent that sees nothing', 'sees neither logs nor processes'],
  ['E8-2', 'an agent without logs', 'collects the logs of no container'],
  ['E8-2', 'an agent without bounds', 'may use all of its node'],
])('%s: %s is found in the specification, and not in what is rendered', (id, _what, message) => {
  const found = checkAgent(specifiedAgent).filter((one) => one.id === id);
  expect(found.map((one) => one.message)).toContainEqual(expect.stringContaining(message));
  for (const place of places) expect(checkAgent(agentObjects(place))).toEqual([]);
});

test('E8-1: the key of the agent is one that the secret store is told of, and its Secret a valid one', async () => {
  for (const place of places) {
    const [store, key, agent] = agentObjects(place);
    expect(await checkStrictly([store, key])).toEqual([]);
    expect(key.spec?.data?.[0]?.remoteRef?.key).toBe(`${place.names.secretsPrefix}datadog`);
    expect(agent.spec.global.credentials.apiSecret).toEqual({
      secretName: key.spec?.target?.name,
      keyName: key.spec?.data?.[0]?.secretKey,
    });
  }
});

test('E8-2: the agent reads the router whose requests the monitors ask for', () => {
  const files = places.map((place) =>
    Object.keys(agentObjects(place)[2].spec.override.nodeAgent.extraConfd.configDataMap),
  );
  expect(files).toEqual(
    places.map(({ infrastructure }) => [infrastructure.routing === 'ingress' ? 'openmetrics.yaml' : 'istio.yaml']),
  );
});

test('E8-6: CPU and memory that warn where the autoscaler is at work are found in the specification, and not in ours', () => {
  expect(specifiedFindings('E8-6')).toEqual([
    'CpuUsage: goes off at 70 %, where the autoscaler has added replicas since 70 %',
    'MemoryUsage: goes off at 80 %, where the autoscaler has added replicas since 80 %',
  ]);
  expect(ourFindings('E8-6')).toEqual([]);
});

test('E8-7: no row of the specification has a window, a least count, an owner or a runbook; each of ours has all', () => {
  expect(specifiedAlerts).toHaveLength(13);
  const found = specifiedFindings('E8-7');
  for (const message of ['says not for how long', 'is nobody’s', 'names no runbook']) {
    expect(found.filter((one) => one.endsWith(message))).toHaveLength(13);
  }
  expect(found).toContain('ErrorRate: goes off by a single request or sample');
  expect(found).toContain(': nothing says how fast the error budget is spent');
  expect(ourFindings('E8-7')).toEqual([]);
});

test('E0-5: 99.5 % is promised and counted by nothing in the specification; ours counts it, and says how fast it is spent', () => {
  expect(specifiedFindings('E0-5')).toEqual([': nothing counts requests against what was promised']);
  expect(ourFindings('E0-5')).toEqual([]);
});

test('E8-7: every alert links to a runbook of a stable slug; how many are not written is said', () => {
  const missing = unwritten(writtenRunbooks());
  const which = missing.length > 0 ? ` (${missing.join(', ')})` : '';
  process.stdout.write(`runbooks: ${runbookSlugs.length} named by alerts, ${missing.length} not written${which}\n`);
  for (const place of places) {
    for (const rule of groupsOf(place).flatMap(({ rules }) => rules)) {
      if (!('alert' in rule)) continue;
      expect(runbookSlugs).toContain(rule.labels.runbook);
      expect(rule.annotations.runbook_url).toMatch(new RegExp(`/docs/runbooks/${rule.labels.runbook}\\.md$`));
    }
  }
  expect(unwritten(['node-cpu.md', 'README.md'])).toEqual(runbookSlugs.filter((slug) => slug !== 'node-cpu'));
});

const writtenRunbooks = (): readonly string[] => {
  try {
    return readdirSync(new URL('../../../../docs/runbooks', import.meta.url));
  } catch {
    return [];
  }
};
