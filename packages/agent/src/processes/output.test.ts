import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { releaseId, serviceName } from '@plumbline/contract/names';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastLinesOf, readLogs, type Source } from '../environments/logs.ts';
import { eventually } from '../testing/agent.ts';
import { holdable, nobody } from './hold.ts';
import { identify } from './identity.ts';
import { openOutput } from './output.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumb-output-'));
  file = path.join(folder, 'stdout.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const source = (maxBytes?: number): Source => ({
  output: openOutput(file, maxBytes),
  of: {
    service: serviceName.parse('web'),
    replica: 'web-1',
    slot: 'blue',
    release: releaseId.parse('r-0000000000a1'),
    stream: 'stdout',
  },
});

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');

describe('output', () => {
  test('is cut when it is too big, and its last lines are read across the cut', () => {
    appendFileSync(file, numbered(1, 100));
    const { output } = source(500);
    output.rotate(nobody);
    expect(statSync(file).size).toBe(0);
    appendFileSync(file, numbered(101, 103));
    expect(lastLinesOf(output, 5)).toEqual(['line 99', 'line 100', 'line 101', 'line 102', 'line 103']);
  });

  test('never takes more than three times its limit, whatever is written', () => {
    const { output } = source(1_000);
    for (let turn = 0; turn < 100; turn += 1) {
      appendFileSync(file, numbered(turn * 10, turn * 10 + 9));
      output.rotate(nobody);
    }
    const bytes = ['', '.1', '.2', '.3'].map((end) => statSync(file + end, { throwIfNoEntry: false })?.size ?? 0);
    expect(bytes[3]).toBe(0);
    expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(3_500);
  });

  test('that a crash caught in the middle of being cut is whole again', () => {
    writeFileSync(`${file}.copy`, numbered(1, 10));
    appendFileSync(file, numbered(11, 12));
    expect(lastLinesOf(openOutput(file), 3)).toEqual(['line 10', 'line 11', 'line 12']);
    writeFileSync(`${file}.copy`, numbered(11, 12));
    expect(lastLinesOf(openOutput(file), 3)).toEqual(['line 10', 'line 11', 'line 12']);
  });

  test('a line without its end is shown for a message', () => {
    appendFileSync(file, 'one\ntwo');
    expect(lastLinesOf(source().output, 5)).toEqual(['one', 'two']);
  });

  test('of a process that writes all the time loses no line to cuts, for who follows it', async () => {
    const lines = 60_000;
    // Two hundred lines every 5 ms: the follower looks five times a second, and is to find them in the file or its cuts.
    const script = `const fs = require('fs'); const bell = new Int32Array(new SharedArrayBuffer(4));
      for (let n = 1; n <= ${lines}; n++) {
        fs.writeSync(1, 'line ' + n + '\\n');
        if (n % 200 === 0) Atomics.wait(bell, 0, 0, 5);
      }`;
    const stdout = openSync(file, 'a');
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', stdout, 'inherit'], detached: true });
    await once(child, 'spawn');
    const one = source(150_000);
    const identity = identify(child.pid ?? 0);
    if (identity === null) throw new Error('the writer has ended already');
    const cutting = setInterval(() => one.output.rotate(holdable(identity)), 5);
    const seen: string[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const { line } of readLogs(() => [one], { tail: 0, follow: true }, stop.signal)) seen.push(line);
    })();
    await eventually('the follower to be at the end', () => seen.at(-1) === `line ${lines}`);
    clearInterval(cutting);
    stop.abort();
    await following;
    const first = Number(seen[0]?.slice(5));
    expect(existsSync(`${file}.2`)).toBe(true);
    expect(seen).toEqual(Array.from({ length: lines - first + 1 }, (_, index) => `line ${first + index}`));
  });
});
