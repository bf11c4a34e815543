import { excuseOf, readExcuses } from './excuses.js';
import { judges } from './judges.js';
import { isHere } from './run.js';

const excusesFile = '.ci/excuses.yaml';
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => judges[name] === undefined);
if (unknown.length > 0) {
  console.error(`there is no judge ${unknown.join(', ')}: ${Object.keys(judges).join(', ')}`);
  process.exit(2);
}

const { excuses, wrong } = readExcuses(excusesFile, new Date().toISOString().slice(0, 10));
const names = asked.length > 0 ? asked : Object.keys(judges);
const open = [...wrong];
const used = new Set();

const judgeOne = async (name) => {
  const { looksAt, judge, tool } = judges[name];
  const began = performance.now();
  if (looksAt.length === 0) return console.log(`${name}: nothing to look at`);
  if (tool !== undefined && !isHere(tool))
    return console.log(`${name}: not to be had here, so nothing is judged by it`);
  try {
    const { scanned, findings } = await judge();
    const left = findings.filter((finding) => {
      const excuse = excuseOf({ judge: name, ...finding }, excuses);
      if (excuse) used.add(excuse);
      return excuse === undefined;
    });
    for (const { file, line, id, message } of left) open.push(`${file}:${line} ${name} ${id}: ${message}`);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(`${name}: ${scanned}; ${left.length} findings, ${findings.length - left.length} excused; ${seconds} s`);
  } catch (error) {
    open.push(`${name}: ${error.message}`);
  }
};

// checkov takes longest, and has a core to itself; the others take turns on the second.
const rest = names.filter((name) => name !== 'checkov');
await Promise.all([
  names.includes('checkov') ? judgeOne('checkov') : undefined,
  (async () => {
    for (const name of rest) await judgeOne(name);
  })(),
]);

if (asked.length === 0)
  for (const one of excuses)
    if (!used.has(one)) open.push(`${excusesFile}: nothing needs the excuse of ${one.judge} ${one.id}: remove it`);
for (const line of open) console.log(line);
console.log(`${open.length} open, ${excuses.length} excuses of at most 15`);
process.exitCode = open.length === 0 ? 0 : 1;
