// @ts-check
import pg from 'pg';
import { reads, writes } from './base.js';

/**
 * The old release while somebody else migrates its database: two who write and one who reads, over and over.
 * @typedef {{ readonly statement: string, readonly sqlState: string, readonly message: string }} Broken
 */

/** @param {string} url as the app's own user */
export const startOldRelease = async (url) => {
  /** @type {Map<string, Broken>} */
  const broken = new Map();
  const expected = await answers(url);
  let stopping = false;
  let rounds = 0;
  /** @param {() => readonly import('./base.js').Statement[]} round @param {boolean} isReader */
  const live = async (round, isReader) => {
    const client = await connected(url);
    try {
      while (!stopping) {
        for (const [index, statement] of round().entries()) {
          const answer = await sent(client, statement);
          if ('sqlState' in answer) broken.set(`${statement.text} ${answer.sqlState}`, answer);
          else if (isReader && answer.rows !== expected[index])
            broken.set(statement.text, {
              statement: statement.text,
              sqlState: 'none',
              message: `answers otherwise: ${answer.rows.slice(0, 160)}`,
            });
        }
        rounds += 1;
      }
    } finally {
      await client.end();
    }
  };
  const lives = [live(writes, false), live(writes, false), live(reads, true)];
  return {
    rounds: () => rounds,
    stop: async () => {
      stopping = true;
      await Promise.all(lives);
      return [...broken.values()];
    },
  };
};

/** What the reader is told before anything is migrated. @param {string} url */
const answers = async (url) => {
  const client = await connected(url);
  try {
    const told = [];
    for (const statement of reads()) {
      const answer = await sent(client, statement);
      if ('sqlState' in answer) throw new Error(`${statement.text}: ${answer.message}`);
      told.push(answer.rows);
    }
    return told;
  } finally {
    await client.end();
  }
};

/** @param {string} url */
const connected = async (url) => {
  const client = new pg.Client({ connectionString: url, application_name: 'old release' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** @param {pg.Client} client @param {import('./base.js').Statement} statement */
const sent = async (client, { text, values }) => {
  try {
    const { rows } = await client.query(text, [...values]);
    // Values with their JavaScript types: a number that comes as text is another answer.
    return { rows: JSON.stringify(rows) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { statement: text, sqlState: error.code ?? '', message: error.message };
  }
};
