import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Station } from './station.ts';

export interface PacedLoad {
  /** Stops and tells what was sent and what failed. */
  stop(): Promise<{ readonly sent: number; readonly failed: readonly string[] }>;
}

const perSecond = 100;

/** A steady hundred requests a second on an environment's own port. */
export const pacedLoad = async (station: Station, environment: string): Promise<PacedLoad> => {
  const { environments } = await station.client.call('status', {});
  const plain = environments.find(({ name }) => name === environment)?.addresses?.plain;
  if (!plain) throw new Error(`${environment} has no address`);
  const pool = new Pool(plain, { connections: 10 });
  const failed: string[] = [];
  let sent = 0;
  let stopped = false;
  const ask = async () => {
    sent += 1;
    try {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/?afterMs=5' });
      const text = await body.text();
      if (statusCode !== 200) failed.push(`${new Date().toISOString()} answered ${statusCode} ${text}`);
    } catch (error) {
      failed.push(`${new Date().toISOString()} ${error instanceof Error ? error.message : error}`);
    }
  };
  const asked: Promise<void>[] = [];
  const run = (async () => {
    while (!stopped) {
      asked.push(ask());
      await delay(1_000 / perSecond);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await run;
      await Promise.all(asked);
      await pool.close();
      return { sent, failed };
    },
  };
};
