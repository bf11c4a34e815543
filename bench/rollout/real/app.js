// @ts-check
import { fileURLToPath } from 'node:url';
import { digest, environmentName, releaseId, serviceName } from '@plumbline/contract/names';
import { releaseContent } from '@plumbline/contract/release';

/** @typedef {import('@plumbline/platform/environments/settings').Settings} Settings */
/** @typedef {import('@plumbline/platform/pipeline/release-table').NewRelease} NewRelease */
/** @typedef {{ START_MS?: number, TAKES_MS?: number, FAILS_PERCENT?: number, SLOW_PERCENT?: number, SLOW_MS?: number }} Behaviour */

export const services = /** @type {const} */ (['backend', 'frontend']);
const program = fileURLToPath(new URL('service.js', import.meta.url));

/**
 * A release of two services that behave so. Nothing is built: its artefact is the program beside this file.
 * @param {number} number @param {Behaviour} [behaviour]
 * @returns {NewRelease}
 */
export const releaseOf = (number, behaviour = {}) => ({
  id: releaseId.parse(`r-${String(number).padStart(12, '0')}`),
  content: releaseContent.parse({
    app: 'bench',
    services: services.map((name) => serviceOf(name, behaviour)),
    stores: [],
    migrations: null,
    seed: null,
    smoke: [],
    stamp: String(number),
  }),
  commit: null,
  branch: null,
  subject: null,
  marks: [],
  checks: [],
  builtAt: 1,
  builtBy: 'bench',
  bytes: 1,
});

/** @param {typeof services[number]} name @param {Behaviour} behaviour */
const serviceOf = (name, behaviour) => {
  const route = name === 'backend' ? '/api' : '/';
  return {
    name,
    alias: null,
    artefact: digest.parse(`sha256:${'0'.repeat(64)}`),
    start: [process.execPath, program],
    route,
    health: `${route === '/' ? '' : route}/health`,
    liveness: null,
    assets: null,
    version: null,
    variables: Object.fromEntries(
      Object.entries(behaviour).map(([key, value]) => [key, { from: 'value', value: String(value) }]),
    ),
    startWithinMs: 60_000,
    drainWithinMs: 10_000,
  };
};

/**
 * Settings of an environment that asks nobody and checks nothing, with what matters changed.
 * @param {string} environment @param {Pick<Settings, 'strategy' | 'bakeMs'> & { steps: readonly number[], replicas: number }} how
 * @returns {Settings}
 */
export const settingsOf = (environment, { strategy, bakeMs, steps, replicas }) => ({
  environment: environmentName.parse(environment),
  target: 'local',
  below: null,
  hosts: [],
  strategy,
  canary: { cohort: null, steps: steps.map((weightPercent) => ({ weightPercent, pause: false })) },
  verdict: { failAgainstPercent: null, leastRequests: null, withinMs: 300_000, atDeadline: 'ask' },
  replicas: Object.fromEntries(services.map((name) => [serviceName.parse(name), replicas])),
  scaling: null,
  approvals: { count: 0, roles: ['approver'], self: false, expiresMs: 60_000 },
  freezes: [],
  gatesBeforeEachStep: true,
  timeouts: { migrationsMs: 60_000, statementMs: 60_000, rolloutMs: 120_000, smokeMs: 60_000, verifyMs: 60_000 },
  bakeMs,
  verify: [],
  seed: false,
  variables: {},
  backupRetentionMs: 0,
  disasterRecovery: false,
  digest: 'settings of the benchmark',
});
