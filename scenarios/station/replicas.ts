import { observation, type Replica } from '@plumbline/contract/agent';
import type { Station } from './station.ts';

/** The replicas of an environment as the agent sees them; those that leave are none any more. */
export const replicasOf = async (station: Station, environment: string): Promise<readonly Replica[]> => {
  const text = await station.askAgent('GET', `/environments/${environment}`);
  const { replicas } = observation.parse(JSON.parse(text ?? ''));
  return replicas.filter(({ state }) => state !== 'draining');
};
