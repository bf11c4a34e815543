import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { agentAddress, type LogLine, logLine } from '@plumbline/contract/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, startAgent, type TestAgent } from './testing/agent.ts';
import { content, order, releases, spec } from './testing/orders.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 2), specs: [spec({ set: { SAY: 'hello', SAY_ERROR: 'a warning' } })] }));
  await agent.until(({ converged }) => converged);
});
afterAll(() => agent.remove());

const say = async (line: string) => {
  const { replicas } = await agent.observe();
  await fetch(`http://127.0.0.1:${replicas[0]?.port}/say?line=${line}`);
};

const tail = async (query: string): Promise<readonly LogLine[]> => {
  const { text } = await agent.ask('GET', `/environments/staging/logs?${query}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => logLine.parse(JSON.parse(line)));
};

test('both streams of all replicas are read, each line with where it comes from', async () => {
  const lines = await tail('tail=10');
  expect(lines.map(({ replica, stream, line }) => `${replica} ${stream} ${line}`).sort()).toEqual([
    'web-1 stderr a warning',
    'web-1 stdout hello',
    'web-2 stderr a warning',
    'web-2 stdout hello',
  ]);
  expect(lines[0]).toMatchObject({ service: 'web', slot: 'blue', release: releases[0] });
});

test('one replica alone is read when that is asked for', async () => {
  expect((await tail('tail=10&replica=web-2')).map(({ replica }) => replica)).toEqual(['web-2', 'web-2']);
  expect(await tail('tail=10&service=other')).toEqual([]);
});

test('a follower gets each new line, of replicas that come later too', async () => {
  const { socket } = agentAddress.parse(JSON.parse(await readFile(path.join(agent.home, 'agent.json'), 'utf8')));
  const seen: string[] = [];
  const request = http.get(
    { socketPath: socket, path: '/environments/staging/logs?follow=true&tail=0' },
    (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        seen.push(...lines.map((text) => logLine.parse(JSON.parse(text)).line));
      });
      // The test breaks it off when it has seen enough.
      response.on('error', () => undefined);
    },
  );
  request.on('error', () => undefined);
  await eventually('the follower to follow', async () => {
    await say('are-you-there');
    return seen.includes('are-you-there');
  });
  await say('one');
  await say('two');
  await agent.apply(
    order({ generation: 2, blue: content(0, 3), specs: [spec({ set: { SAY: 'hello', SAY_ERROR: 'a warning' } })] }),
  );
  await eventually('the line of the third replica', () => seen.includes('hello'));
  request.destroy();
  const said = seen.filter((line) => line === 'one' || line === 'two');
  expect(said).toEqual(['one', 'two']);
});

test('what replicas said that are gone is still there, after a restart of the agent too', async () => {
  await agent.apply(order({ generation: 3, blue: null }));
  await agent.until(({ converged }) => converged);
  expect((await tail('tail=100')).map(({ line }) => line)).toContain('one');
  await agent.stop();
  await agent.start();
  expect((await tail('tail=100')).map(({ line }) => line)).toContain('one');
});
