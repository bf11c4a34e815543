// @ts-check
// npm run bench               every benchmark, as a table
// npm run bench -- NAME       one of them
//   --json                    one object { name, rows } for one benchmark, an array of them for all
//   --quick                   a smoke run of some seconds: it shows that the benchmark runs, its figures say little
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * @typedef {{ what: string, value: number | null, unit: string, against: string, ratio: number | null, goal: string | null, met: boolean | null }} Row
 * @typedef {{ name: string, rows: Row[] }} Result
 * @typedef {{ log: (line: string) => void, quick: boolean, signal: AbortSignal }} Surroundings
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});

// A benchmark is a folder with a bench.js.
const known = (await readdir(new URL('.', import.meta.url), { recursive: true }))
  .filter((path) => basename(path) === 'bench.js')
  .map(dirname)
  .sort();

const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`there is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(2);
}

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());

/** @param {string} line */
const log = (line) => process.stderr.write(`${line}\n`);

/** @param {Row} row */
const line = ({ what, value, unit, against, ratio, goal, met }) =>
  [
    `  ${what}`.padEnd(52),
    (value === null ? 'not measured' : `${value} ${unit}`).padStart(16),
    (ratio === null ? '' : `${ratio} ×`).padStart(9),
    ` ${against}`.padEnd(36),
    (goal ?? '').padEnd(10),
    met === null ? '' : met ? 'met' : 'MISSED',
  ].join(' ');

/** @type {Result[]} */
const results = [];
for (const name of positionals.length > 0 ? positionals : known) {
  const { run } = await import(new URL(`${name}/bench.js`, import.meta.url).href);
  results.push(await run({ log, quick: values.quick, signal: stopping.signal }));
}

if (values.json) process.stdout.write(`${JSON.stringify(positionals.length === 1 ? results[0] : results)}\n`);
else for (const { name, rows } of results) process.stdout.write(`\n${name}\n${rows.map(line).join('\n')}\n`);
