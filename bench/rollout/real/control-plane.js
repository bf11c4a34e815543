// @ts-check
import { Failure } from '@plumbline/contract/failure';
import { record } from '@plumbline/platform/audit/record';
import { openDatabase } from '@plumbline/platform/kernel/database';
import { dbosEngine } from '@plumbline/platform/kernel/durable-dbos';
import { assertLease, holdLease } from '@plumbline/platform/kernel/lease';
import { applySchema } from '@plumbline/platform/kernel/schema';
import { deliver } from '@plumbline/platform/pipeline/deliver';
import { openInbox } from '@plumbline/platform/pipeline/inbox';
import { agentClient } from '@plumbline/platform/targets/local/agent-client';
import { localTarget } from '@plumbline/platform/targets/local/local';

/** @typedef {import('@plumbline/platform/pipeline/deliver-deps').DeliverDeps} DeliverDeps */
/** @typedef {import('@plumbline/platform/environments/settings').Settings} Settings */
/** @typedef {import('@plumbline/contract/names').DeliveryId} DeliveryId */

/**
 * The control plane without HTTP and without a checkout: deliveries as the server runs them, with DBOS, lease, audit and
 * commands in the agent's PostgreSQL. Releases are put into its table, and what is unpacked is this folder.
 *
 * @param {string} home of the agent
 * @param {AbortSignal} signal
 */
export const openControlPlane = async (home, signal) => {
  const agent = agentClient(home);
  const { url } = await agent.database('control', signal);
  await applySchema(url);
  const database = openDatabase(url);
  const lease = await holdLease(database, { instance: 'bench' });
  const inbox = await openInbox(database);
  const engine = dbosEngine({ databaseUrl: url, instance: 'bench', fence: lease });
  /** @type {Map<string, Settings>} */
  const settings = new Map();
  /** @type {DeliverDeps} */
  const deps = {
    database,
    target: localTarget(agent),
    guard: (tx) => assertLease(tx, lease),
    record,
    woken: (_, withinMs, until) => inbox.woken(withinMs, until),
    settings: async (environment) => settings.get(environment) ?? unknown(environment),
    secrets: async () => new Map(),
    unpack: async ({ content }) => Object.fromEntries(content.services.map(({ name }) => [name, import.meta.dirname])),
    forbidding: async () => [],
    ancestor: async () => 'yes',
    migrations: { pending: async () => [], run: async () => [], seed: async () => undefined },
    verify: async () => null,
    now: Date.now,
    monotonicMs: () => performance.now(),
  };
  const deliveries = engine.define('deliver', deliver(deps));
  await engine.launch();
  return {
    /** @type {DeliverDeps & { startDelivery: (id: DeliveryId) => void }} */
    deps: { ...deps, startDelivery: (id) => void deliveries.start(id, { id }) },
    settings,
    close: async () => {
      await engine.close();
      await inbox.close();
      await lease.release();
      await database.close();
    },
  };
};

/** @param {string} environment @returns {never} */
const unknown = (environment) => {
  throw new Failure('not-found', `the benchmark has no settings for ${environment}`);
};
