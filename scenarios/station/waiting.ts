import { setTimeout as delay } from 'node:timers/promises';
import { type Delivery, endedStates } from '@plumbline/contract/delivery';
import type { Station } from './station.ts';

const withinMs = 120_000;

/** Polls until there is an answer; a control plane that is away for the moment has none. */
export const eventually = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    await delay(25);
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s`, { cause: last });
};

/** Ships the checkout and waits until the climb has ended. */
export const shipped = async (station: Station) => {
  const asked = await station.client.call('ship', { again: true });
  return eventually(`the end of ${asked.id}`, async () => {
    const climb = await station.client.call('climb', { climb: asked.id });
    return climb.endedAt === null ? undefined : climb;
  });
};

/** The delivery once it has ended. */
export const ended = (station: Station, id: string): Promise<Delivery> =>
  eventually(`the end of ${id}`, async () => {
    const delivery = await station.client.call('delivery', { delivery: id });
    return endedStates.includes(delivery.state) ? delivery : undefined;
  });
