import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { OpenedPlatform } from '@plumbline/contract/platform';
import type { FastifyInstance } from 'fastify';
import { createServer, type ServerOptions } from './app.ts';
import { portFile, readRememberedPort, writeWhole } from './home-files.ts';

export interface ControlPlaneSettings {
  readonly home: string;
  /** This port and no other; absent: the one of last time, else 4600, else any free one. */
  readonly port: number | null;
  /** Who this control plane is among those that share the work. */
  readonly instance: string;
  readonly logger?: ServerOptions['logger'];
}

/** How a control plane ended: asked to, or because it may no longer act. The exit code of its process. */
export const exitCodes = { stopped: 0, leaseLost: 75 } as const;

const host = '127.0.0.1';
const usualPort = 4600;

/** Serves the platform until the signal fires or its lease is lost, then lets go of everything in order. */
export const runControlPlane = async (
  open: () => Promise<OpenedPlatform>,
  settings: ControlPlaneSettings,
  stop: AbortSignal,
): Promise<number> => {
  const platform = await Promise.race([open(), fired(stop)]);
  if (!platform) return exitCodes.stopped;
  try {
    const app = await createServer(platform, settings.logger === undefined ? {} : { logger: settings.logger });
    try {
      const url = await listen(app, settings);
      await announce(settings, url);
      app.log.info({ url, instance: settings.instance }, 'control plane listens');
      await fired(AbortSignal.any([stop, platform.lost]));
    } finally {
      await rm(join(settings.home, 'control.json'), { force: true });
      await app.close();
    }
  } finally {
    await platform.close();
  }
  return platform.lost.aborted ? exitCodes.leaseLost : exitCodes.stopped;
};

const listen = async (app: FastifyInstance, { home, port }: ControlPlaneSettings): Promise<string> => {
  if (port !== null) return app.listen({ host, port }).catch((error) => Promise.reject(whenTaken(error, port)));
  for (const candidate of [await readRememberedPort(home), usualPort]) {
    if (candidate === null) continue;
    try {
      return await app.listen({ host, port: candidate });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return app.listen({ host, port: 0 });
};

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const whenTaken = (error: unknown, port: number): unknown =>
  isTaken(error)
    ? new Failure('port-taken', `port ${port} of the control plane is taken by another program`, {
        hint: 'end that program, give another --port, or leave it out to take any free one',
        cause: error,
      })
    : error;

/** Tells the command line where to call, and the next start which port to take again. */
const announce = async ({ home, instance }: ControlPlaneSettings, url: string): Promise<void> => {
  await writeWhole(join(home, portFile), `${new URL(url).port}\n`);
  await writeWhole(
    join(home, 'control.json'),
    `${JSON.stringify({ url, pid: process.pid, startedAt: Date.now(), instance })}\n`,
  );
};

const fired = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
