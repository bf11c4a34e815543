import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { OpenedPlatform } from '@plumbline/contract/platform';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
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
      const { url, notes } = await listen(app, settings);
      await announce(settings, url, notes);
      app.log.info({ url, instance: settings.instance, notes }, 'control plane listens');
      await fired(AbortSignal.any([stop, platform.lost]));
    } finally {
      await takeBack(settings.home);
      await app.close();
    }
  } finally {
    await platform.close();
  }
  return platform.lost.aborted ? exitCodes.leaseLost : exitCodes.stopped;
};

interface Listening {
  readonly url: string;
  /** What is not as usual, in words. */
  readonly notes: readonly string[];
}

const listen = async (app: FastifyInstance, { home, port }: ControlPlaneSettings): Promise<Listening> => {
  if (port !== null) {
    const asked = app.listen({ host, port });
    return { url: await asked.catch((error) => Promise.reject(whenTaken(error, port))), notes: [] };
  }
  const taken: number[] = [];
  for (const candidate of [(await readRememberedPort(home)) ?? usualPort, usualPort, 0]) {
    try {
      const url = await app.listen({ host, port: candidate });
      return { url, notes: taken.slice(0, 1).map((first) => movedWords(first, url)) };
    } catch (error) {
      if (!isTaken(error)) throw error;
      taken.push(candidate);
    }
  }
  throw new Failure('port-taken', 'the system gave the control plane no port');
};

const movedWords = (port: number, url: string): string =>
  `port ${port} is taken by another program: the control plane listens on ${new URL(url).port}`;

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const whenTaken = (error: unknown, port: number): unknown =>
  isTaken(error)
    ? new Failure('port-taken', `port ${port} of the control plane is taken by another program`, {
        hint: 'end that program, give another --port, or leave it out to take any free one',
        cause: error,
      })
    : error;

/** Tells the command line where to call, and the next start which port to take again. */
const announce = async (
  { home, instance }: ControlPlaneSettings,
  url: string,
  notes: readonly string[],
): Promise<void> => {
  await writeWhole(join(home, portFile), `${new URL(url).port}\n`);
  await writeWhole(
    join(home, 'control.json'),
    `${JSON.stringify({ url, pid: process.pid, startedAt: Date.now(), instance, notes })}\n`,
  );
};

/** What another control plane of this home has announced meanwhile stays. */
const takeBack = async (home: string): Promise<void> => {
  const file = join(home, 'control.json');
  const announced = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (announced !== null && announcedBy.parse(JSON.parse(announced)).pid === process.pid)
    await rm(file, { force: true });
};

const announcedBy = z.object({ pid: z.int() });

const fired = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
