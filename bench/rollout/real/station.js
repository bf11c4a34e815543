// @ts-check
import { startAgent } from '@plumbline/agent/testing/agent';
import { endedStates } from '@plumbline/contract/delivery';
import { waitFor } from '@plumbline/platform/kernel/wait';
import { askDelivery } from '@plumbline/platform/pipeline/ask-delivery';
import { abort } from '@plumbline/platform/pipeline/commands';
import { deliveryById } from '@plumbline/platform/pipeline/delivery-table';
import { keepRelease } from '@plumbline/platform/pipeline/release-table';
import { openControlPlane } from './control-plane.js';
import { startVisitors } from './visitors.js';

/** @typedef {Awaited<ReturnType<typeof openStation>>} Station */
/** @typedef {import('@plumbline/platform/environments/settings').Settings} Settings */
/** @typedef {import('@plumbline/platform/pipeline/release-table').NewRelease} NewRelease */
/** @typedef {import('@plumbline/platform/pipeline/delivery-table').DeliveryRow} DeliveryRow */
/** @typedef {import('@plumbline/contract/names').DeliveryId} DeliveryId */

const ann = /** @type {const} */ ({ name: 'ann', role: 'admin' });

/**
 * Real processes: an agent with router, replicas and PostgreSQL, the visitors, and in this process the control plane.
 * @param {AbortSignal} signal
 */
export const openStation = async (signal) => {
  const agent = await startAgent();
  const controlPlane = await openControlPlane(agent.home, signal).catch(async (error) => {
    await agent.remove();
    throw error;
  });
  const { deps, settings } = controlPlane;
  const visitors = startVisitors();
  let asked = 0;

  /** @param {NewRelease} release @param {Settings} how @param {'deliver' | 'roll-back'} kind */
  const ask = async (release, how, kind = 'deliver') => {
    const { environment } = how;
    settings.set(environment, how);
    await keepRelease(deps.database, release);
    const key = `bench-${++asked}`;
    const order = {
      key,
      kind,
      environment,
      release: release.id,
      climb: null,
      reason: null,
      emergency: false,
      wait: true,
    };
    return askDelivery(deps, order, ann);
  };

  /** @param {DeliveryId} id @param {number} withinMs @returns {Promise<DeliveryRow>} */
  const ended = (id, withinMs = 120_000) =>
    waitFor(
      `the end of ${id}`,
      async () => {
        const row = await deliveryById(deps.database, id);
        return endedStates.includes(row.state) ? { done: row } : { because: `it is ${row.state}: ${row.because}` };
      },
      { deadlineMs: withinMs, everyMs: 50, signal },
    );

  return {
    agent,
    target: deps.target,
    visitors,
    ask,
    ended,
    /** @param {DeliveryId} id */
    abort: (id) => abort(deps, { delivery: id, reason: 'it took too long' }, ann),
    /** Brings a release to an environment, and fails where it does not get there. @type {(release: NewRelease, how: Settings, kind?: 'deliver' | 'roll-back') => Promise<DeliveryRow>} */
    bring: async (release, how, kind) => {
      const row = await ended(await ask(release, how, kind), 600_000);
      if (row.state !== 'succeeded')
        throw new Error(`${row.id} in ${row.environment} ended ${row.state}: ${row.because}`);
      return row;
    },
    close: async () => {
      await visitors.end();
      await controlPlane.close();
      await agent.remove();
    },
  };
};
