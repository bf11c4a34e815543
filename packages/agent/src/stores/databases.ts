import path from 'node:path';
import type { Ports } from '../home/ports.ts';
import type { Log } from '../log.ts';
import { type PostgresPlace, postgresPlace } from './database-folder.ts';
import { Postgres } from './postgres.ts';

/** Every PostgreSQL of the agent, by name. */
export interface Databases {
  /** Starts it where it does not run yet; does not wait for it. Calls back whenever its state changes. */
  keep(name: string, changed?: () => void): Promise<Postgres>;
  all(): readonly Postgres[];
  stop(): Promise<void>;
}

export interface DatabasesNeeds {
  readonly home: string;
  readonly ports: Ports;
  readonly log: Log;
  /** Says what is not as usual. */
  readonly note: (text: string) => void;
}

export const openDatabases = ({ home, ports, log, note }: DatabasesNeeds): Databases => {
  const kept = new Map<string, Postgres>();
  const listeners = new Map<string, Set<() => void>>();
  let place: Promise<PostgresPlace> | undefined;

  const placeOnce = (): Promise<PostgresPlace> => {
    place ??= postgresPlace(home, note).catch((error: unknown) => {
      // What is wrong may be mended, so the next one who asks looks anew.
      place = undefined;
      throw error;
    });
    return place;
  };

  return {
    keep: async (name, changed) => {
      const found = await placeOnce();
      const told = listeners.get(name) ?? new Set();
      listeners.set(name, told);
      if (changed) told.add(changed);
      const there = kept.get(name);
      if (there) return there;
      const tell = () => {
        for (const listener of told) listener();
      };
      const passwords = path.join(home, 'passwords');
      const postgres = new Postgres(name, { place: found, passwords, ports, log, changed: tell });
      kept.set(name, postgres);
      return postgres;
    },
    all: () => [...kept.values()],
    stop: async () => {
      await Promise.all([...kept.values()].map((one) => one.stop()));
    },
  };
};
