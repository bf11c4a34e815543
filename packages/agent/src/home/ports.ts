import { once } from 'node:events';
import { createServer } from 'node:net';
import { z } from 'zod';
import { readJson, writeJson } from './durable-file.ts';

const remembered = z.record(z.string(), z.int().positive());

/** Ports by what they are for (`router`, `plain/staging`, `database/control`), remembered so that addresses stay. */
export interface Ports {
  of(purpose: string): number | undefined;
  all(): Readonly<Record<string, number>>;
  remember(purpose: string, port: number): Promise<void>;
  /** Calls back after each change. */
  onChange(listener: () => void): void;
}

export const openPorts = async (file: string): Promise<Ports> => {
  let ports: Readonly<Record<string, number>> = (await readJson(file, remembered)) ?? {};
  let changed: () => void = () => undefined;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    of: (purpose) => ports[purpose],
    all: () => ports,
    remember: (purpose, port) => {
      if (ports[purpose] === port) return Promise.resolve();
      ports = { ...ports, [purpose]: port };
      const written = turn.then(() => writeJson(file, ports));
      turn = written.catch(() => undefined);
      changed();
      return written;
    },
    onChange: (listener) => {
      changed = listener;
    },
  };
};

/** A port that nobody has now, given by the system. */
export const freePort = (): Promise<number> => boundPort(0);

export const isFree = async (port: number): Promise<boolean> => {
  try {
    await boundPort(port);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
};

const boundPort = async (wanted: number): Promise<number> => {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the system gave no port');
    return address.port;
  } finally {
    server.close();
  }
};
