// @ts-check
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** @typedef {{ stop: () => Promise<readonly number[]> }} Load */

const connections = 8;
const perSecond = 200;

/**
 * An app's own statements on the table, paced: reads and writes of single rows. Each one's time is kept, from when it was
 * due until its answer, in milliseconds.
 *
 * @param {string} url
 * @param {number} rows
 * @returns {Promise<Load>}
 */
export const startLoad = async (url, rows) => {
  let isOver = false;
  /** @type {number[]} */
  const times = [];
  /** @param {number} nth */
  const one = async (nth) => {
    const client = new pg.Client({ connectionString: url, application_name: 'app' });
    await client.connect();
    const everyMs = (1000 * connections) / perSecond;
    let due = performance.now() + (everyMs * nth) / connections;
    while (!isOver) {
      await pause(Math.max(0, due - performance.now()));
      const id = 1 + Math.floor(Math.random() * rows);
      const [sql, values] = statement(Math.random(), id);
      await client.query(sql, values);
      times.push(performance.now() - due);
      // Whoever was kept waiting does not catch up: the next one is due from then on.
      due = Math.max(due + everyMs, performance.now());
    }
    await client.end();
  };
  const all = Promise.all(Array.from({ length: connections }, (_, nth) => one(nth)));
  return {
    stop: async () => {
      isOver = true;
      await all;
      return times;
    },
  };
};

/** @param {number} chance @param {number} id @returns {[string, number[]]} */
const statement = (chance, id) => {
  if (chance < 0.7) return ['select name, amount from visits where id = $1', [id]];
  if (chance < 0.9) return ['update visits set amount = amount + 1 where id = $1', [id]];
  return ["insert into visits (name, amount) values ('one more', $1)", [id]];
};

/** @param {readonly number[]} times @param {number} share */
export const quantile = (times, share) => {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};
