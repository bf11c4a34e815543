import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import type { Surroundings } from './command.ts';
import type { Place } from './place.ts';

/** Where the control plane listens, and the token to call it with. */
export interface Connection {
  readonly url: string;
  readonly token: string | null;
}

/** What the control plane wrote about itself. */
export const controlFile = z.object({
  url: z.url(),
  pid: z.int(),
  startedAt: z.number(),
  instance: z.string(),
  /** What is not as usual, in words: a port that somebody else has, say. */
  notes: z.array(z.string()).default([]),
});
export type ControlFile = z.infer<typeof controlFile>;

/** Finds the control plane of a place. `PLUMBLINE_URL` and `PLUMBLINE_TOKEN` override what the home folder says. */
export const findConnection = async (
  { directory, home }: Place,
  env: Surroundings['env'],
  tokenFile = 'token',
): Promise<Connection> => {
  const token = env.PLUMBLINE_TOKEN ?? (await readIfThere(join(home, tokenFile)))?.trim() ?? null;
  if (env.PLUMBLINE_URL) return { url: env.PLUMBLINE_URL.replace(/\/+$/, ''), token };
  const control = await readControlFile(home);
  if (control === null) throw notRunning(directory);
  return { url: control.url, token };
};

export const readControlFile = async (home: string): Promise<ControlFile | null> => {
  const text = await readIfThere(join(home, 'control.json'));
  return text === null ? null : controlFile.parse(JSON.parse(text));
};

export const notRunning = (directory: string, cause?: unknown): Failure =>
  new Failure('server-unreachable', `Plumbline is not running in ${directory}`, {
    hint: 'start it with `npm start` or `plumb start`',
    cause,
  });

/** The text of a file; null when there is none. */
export const readIfThere = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
