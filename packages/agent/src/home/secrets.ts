import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import { z } from 'zod';
import { readJson, writeJson } from './durable-file.ts';
import { takeLock } from './lock.ts';

const secretsFile = z.record(z.string(), z.string());

/** An environment's secrets, in a file that its owner alone can read. Values leave it for a replica's variables only. */
export interface Secrets {
  names(environment: EnvironmentName): Promise<readonly string[]>;
  /** Null when it is not there. */
  value(environment: EnvironmentName, name: string): Promise<string | null>;
  set(environment: EnvironmentName, name: string, value: string): Promise<void>;
  /** The value that is there, or a random one of so many bytes, written as base64url, that is there from now on. */
  valueOrGenerated(environment: EnvironmentName, name: string, bytes: number): Promise<string>;
}

const lockWithinMs = 10_000;

export const openSecrets = (folder: string): Secrets => {
  const fileOf = (environment: EnvironmentName) => path.join(folder, `${environment}.json`);
  const all = async (environment: EnvironmentName) => (await readJson(fileOf(environment), secretsFile)) ?? {};
  const turns = new Map<EnvironmentName, Promise<unknown>>();

  const change = <T>(environment: EnvironmentName, edit: (file: string) => Promise<T>): Promise<T> => {
    const before = turns.get(environment) ?? Promise.resolve();
    const done = before.then(() => underLock(fileOf(environment), edit));
    turns.set(
      environment,
      done.catch(() => undefined),
    );
    return done;
  };

  const set = (environment: EnvironmentName, name: string, value: string) =>
    change(environment, async (file) => writeJson(file, { ...(await all(environment)), [name]: value }));

  const generate = (environment: EnvironmentName, name: string, bytes: number) =>
    change(environment, async (file) => {
      const present = await all(environment);
      const there = present[name];
      if (there !== undefined) return there;
      const fresh = randomBytes(bytes).toString('base64url');
      await writeJson(file, { ...present, [name]: fresh });
      return fresh;
    });

  return {
    names: async (environment) => Object.keys(await all(environment)).sort(),
    value: async (environment, name) => (await all(environment))[name] ?? null,
    set,
    valueOrGenerated: async (environment, name, bytes) =>
      (await all(environment))[name] ?? generate(environment, name, bytes),
  };
};

/** Another process may write the same file, so there is a lock beside it; a dead holder's is taken over. */
const underLock = async <T>(file: string, edit: (file: string) => Promise<T>): Promise<T> => {
  const deadline = performance.now() + lockWithinMs;
  for (;;) {
    const lock = takeLock(`${file}.lock`);
    if (lock.taken) {
      try {
        return await edit(file);
      } finally {
        lock.release();
      }
    }
    if (performance.now() > deadline)
      throw new Failure('busy', `${file} is held by process ${lock.holder.pid} since more than 10 s`, {
        hint: `see what that process does: ps -p ${lock.holder.pid}`,
      });
    await pause(20);
  }
};
