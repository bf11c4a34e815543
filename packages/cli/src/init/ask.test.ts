import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askForRest } from './ask.ts';

const guessed = {
  app: 'shop',
  domain: '',
  repository: 'acme/shop',
  path: ['trial', 'live'],
  start: ['node', 'server.js'],
  build: null,
  health: '/healthz',
  stores: ['database'],
  accounts: {},
} as const;

/** A person who types an answer when a question that they know is shown, and takes what is offered to any other. */
const person = (answers: Readonly<Record<string, string>>) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stdout = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  const asked: string[] = [];
  stdout.on('data', (shown: Buffer) => {
    const question = /[A-Z][^?]*\?/.exec(shown.toString())?.[0];
    if (question === undefined || asked.includes(question)) return;
    asked.push(question);
    // After the prompt has begun to listen, which it does when it has shown itself.
    setImmediate(() => stdin.write(`${answers[question] ?? ''}\r`));
  });
  return { stdin, stdout, asked };
};

const ctrlC = '\u0003';

test('what was not said is asked for, each with the guess', async () => {
  const { asked, ...terminal } = person({ 'Where do its users find it?': 'shop.example' });
  const initial = await askForRest(guessed, { app: 'other' }, terminal, new AbortController().signal);
  expect(initial).toEqual({ ...guessed, app: 'other', domain: 'shop.example' });
  expect(asked).toEqual([
    'Which environments does a release climb?',
    'Which path answers 2xx when it is ready?',
    'What does it keep its data in?',
    'Where do its users find it?',
    'Where is it at GitHub?',
  ]);
});

test('Ctrl-C ends it', async () => {
  const { asked, ...terminal } = person({ 'What is the app called?': ctrlC });
  await expect(askForRest(guessed, {}, terminal, new AbortController().signal)).rejects.toThrow('nothing was written');
  expect(asked).toHaveLength(1);
});
