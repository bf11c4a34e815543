import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to PostgreSQL that breaks when it is told to: what a killed process looks like from the database. */
export interface SeveringProxy {
  readonly port: number;
  /** Answers of PostgreSQL that were met. */
  answers(): number;
  close(): Promise<void>;
}

export interface Sever {
  /** At which answer, from 1; it is not passed on any more. */
  readonly at: number;
  /** all: every connection, and none is taken any more, as when the client's process died. one: that connection alone, as when its backend died. */
  readonly what: 'all' | 'one';
}

/** Passes connections on to a PostgreSQL, and severs them when it has answered so often. */
export const severingProxy = async (postgresPort: number, sever: Sever | null): Promise<SeveringProxy> => {
  let answers = 0;
  let isDead = false;
  const pairs = new Set<readonly [Socket, Socket]>();
  const end = (pair: readonly [Socket, Socket]) => {
    for (const socket of pair) socket.destroy();
    pairs.delete(pair);
  };
  const server = createServer((client) => {
    const upstream = connect(postgresPort, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      // One that was destroyed, or met a backend that is gone, is told by its close.
      socket.on('error', () => undefined);
      socket.on('close', () => end(pair));
    }
    if (isDead) return end(pair);
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (isReady(chunk) && ++answers === sever?.at) {
        if (sever.what === 'one') return end(pair);
        isDead = true;
        for (const each of pairs) end(each);
        return;
      }
      client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return {
    port: address.port,
    answers: () => answers,
    close: async () => {
      for (const pair of pairs) end(pair);
      server.close();
      await once(server, 'close');
    },
  };
};

/** Whether the last message is ReadyForQuery, which ends each answer: Z, its length, and how the transaction is. */
const isReady = (chunk: Buffer): boolean =>
  chunk.length >= 6 && chunk.at(-6) === 0x5a && chunk.readInt32BE(chunk.length - 5) === 5;
