import type { Asks } from './journal.ts';
import type { Answer, Sending } from './resumable.ts';

/** Meets each statement of the file that is being applied, before it is sent. */
export type Meet = (sending: Sending, sql: string, values: readonly unknown[]) => Promise<Answer>;

type Callback = (error: unknown, answer?: unknown) => void;

/** What knex uses of a connection of pg's. */
export interface Connection extends Asks {
  query: Asks['query'] & ((config: { text: string; values?: unknown[] }, callback?: Callback) => unknown);
}

/**
 * Lets each statement that knex sends on a connection be met first, while a file is applied: whichever way the file came
 * to it (the builder, raw, a transaction of its own), it comes through here.
 */
export const intercept = (connection: Connection, meeting: () => Meet | null): void => {
  const original = connection.query.bind(connection) as Connection['query'];
  const intercepted = (config: { text: string; values?: unknown[] }, callback?: Callback): unknown => {
    const meet = meeting();
    if (meet === null || typeof callback !== 'function') return original(config, callback);
    const sending: Sending = {
      connection,
      query: original as Asks['query'],
      send: () =>
        new Promise((resolve, reject) => {
          original(config, (error, answer) => (error ? reject(error) : resolve(answer as Answer)));
        }),
    };
    meet(sending, config.text, config.values ?? []).then((answer) => callback(null, answer), callback);
    return undefined;
  };
  connection.query = intercepted as Connection['query'];
};
