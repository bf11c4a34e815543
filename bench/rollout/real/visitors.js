// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./load.js').Answer} Answer */
/** @typedef {import('./load.js').Visited} Visited */

/**
 * The process that sends visitors to the environments that it is told of; `of` gives what one of them was answered.
 * @returns {{ visit: (visited: Visited) => void, leave: (environment: string) => void, of: (environment: string) => readonly Answer[], end: () => Promise<void> }}
 */
export const startVisitors = () => {
  const child = fork(fileURLToPath(new URL('load.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  /** @type {Map<string, Answer[]>} */
  const answered = new Map();
  child.on('message', (/** @type {Answer[]} */ answers) => {
    for (const one of answers) answered.get(one.environment)?.push(one);
  });
  return {
    visit: (visited) => {
      answered.set(visited.environment, []);
      child.send(visited);
    },
    leave: (environment) => void child.send({ environment, url: '', paths: [], perSecond: 0 }),
    of: (environment) => answered.get(environment) ?? [],
    end: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
};
