import { applied, logLine, observation, storeAddresses } from '@plumbline/contract/agent';
import type { Target } from '../target.ts';
import type { AgentClient } from './agent-client.ts';

/** Processes on this machine, held by the agent. */
export const localTarget = (agent: AgentClient): Target => ({
  kind: 'local',
  apply: (order, signal) =>
    agent.ask({ method: 'PUT', path: `/environments/${order.shape.environment}`, body: order, signal }, applied),
  observe: (environment, { after, waitMs = 0, signal }) => {
    const query = after === undefined ? '' : `?after=${after}&waitMs=${waitMs}`;
    return agent.ask(
      { method: 'GET', path: `/environments/${environment}${query}`, signal, withinMs: waitMs + 10_000 },
      observation,
    );
  },
  fence: (environment, fence, signal) =>
    agent.ask({ method: 'PUT', path: `/environments/${environment}/generation`, body: fence, signal }, applied),
  stores: (environment, stores, signal) =>
    agent.ask(
      { method: 'PUT', path: `/environments/${environment}/stores`, body: { stores }, signal, withinMs: 120_000 },
      storeAddresses,
    ),
  logs: (environment, { service, replica, tail, follow }, signal) => {
    const query = new URLSearchParams({ tail: String(tail), follow: String(follow) });
    if (service) query.set('service', service);
    if (replica) query.set('replica', replica);
    return agent.stream({ method: 'GET', path: `/environments/${environment}/logs?${query}`, signal }, logLine);
  },
});
