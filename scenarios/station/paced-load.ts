import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Station } from './station.ts';

export interface PacedLoad {
  /** How many requests have been sent by now. */
  sent(): number;
  /** Stops and tells what was sent and what failed: when, as which request, and how. */
  stop(): Promise<{
    readonly sent: number;
    readonly failed: readonly Failed[];
    /** Answers by the release that gave them. */
    readonly byRelease: ReadonlyMap<string, number>;
  }>;
}

export interface Failed {
  readonly at: string;
  /** The first request of the load is 1. */
  readonly request: number;
  readonly how: string;
  /** The release that answered, where one did. */
  readonly release: string | null;
}

const perSecond = 100;
/** So many requests are on their way at most; the others wait for one of them. */
export const connections = 10;

/** A steady hundred requests a second on an environment's own port, each answered after a while. */
export const pacedLoad = async (
  station: Station,
  environment: string,
  { afterMs = 5 }: { readonly afterMs?: number } = {},
): Promise<PacedLoad> => {
  const { environments } = await station.client.call('status', {});
  const plain = environments.find(({ name }) => name === environment)?.addresses?.plain;
  if (!plain) throw new Error(`${environment} has no address`);
  const pool = new Pool(plain, { connections });
  const failed: Failed[] = [];
  const byRelease = new Map<string, number>();
  let sent = 0;
  let stopped = false;
  const ask = async () => {
    sent += 1;
    const request = sent;
    const fail = (how: string, release: string | null) =>
      failed.push({ at: new Date().toISOString(), request, how, release });
    try {
      const { statusCode, body } = await pool.request({ method: 'GET', path: `/goods?afterMs=${afterMs}` });
      const text = await body.text();
      const release = releaseIn(text);
      if (release) byRelease.set(release, (byRelease.get(release) ?? 0) + 1);
      if (statusCode !== 200) fail(`answered ${statusCode} ${text}`, release);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error), null);
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
    sent: () => sent,
    stop: async () => {
      stopped = true;
      await run;
      await Promise.all(asked);
      await pool.close();
      return { sent, failed, byRelease };
    },
  };
};

/** A router's own answer names no release. */
const releaseIn = (text: string): string | null => /"release":"(r-[0-9a-f]{12})"/.exec(text)?.[1] ?? null;
