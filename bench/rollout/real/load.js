// @ts-check
// Paced visitors without a cookie, in a process of their own so that the control plane's work does not delay them. Each
// environment that it is told of gets its requests until it is told of it once more, with none a second.
// Tells every 50 ms what was answered: by whom, when asked and when answered (epoch milliseconds), and how.
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';

/** @typedef {{ pid: number, service: string, release: string, began: number, listening: number }} By */
/** @typedef {{ environment: string, by: By | null, asked: number, answered: number, failed: boolean }} Answer */
/** @typedef {{ environment: string, url: string, paths: readonly string[], perSecond: number }} Visited */

const now = () => performance.timeOrigin + performance.now();
/** @type {Answer[]} */
let answers = [];

/** @param {Pool} pool @param {string} environment @param {string} path */
const visit = async (pool, environment, path) => {
  const asked = now();
  /** @param {By | null} by @param {boolean} failed */
  const tell = (by, failed) => answers.push({ environment, by, asked, answered: now(), failed });
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path, headersTimeout: 20_000 });
    const text = await body.text();
    // The router's own answers name no release.
    tell(text.startsWith('{"release"') ? JSON.parse(text) : null, statusCode !== 200);
  } catch {
    tell(null, true);
  }
};

/** @type {Set<string>} */
const visited = new Set();

/** @param {Visited} told */
const keepVisiting = async ({ environment, url, paths, perSecond }) => {
  visited.add(environment);
  const pool = new Pool(url, { connections: 40 });
  const begun = now();
  for (let due = 0; visited.has(environment); ) {
    const before = due;
    due = Math.floor(((now() - begun) / 1_000) * perSecond);
    // A machine that was busy does not get all that it missed at once: that would be another load.
    for (let number = Math.max(before, due - 5); number < due; number++)
      void visit(pool, environment, paths[number % paths.length] ?? '/');
    await pause(5);
  }
};

process.on('message', (/** @type {Visited} */ told) => {
  if (told.perSecond > 0) void keepVisiting(told);
  else visited.delete(told.environment);
});
process.on('disconnect', () => process.exit());
setInterval(() => {
  process.send?.(answers);
  answers = [];
}, 50);
