import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

const password = new Secret('hunter2');

test.each([
  ['String', () => String(password)],
  ['a template', () => `${password}`],
  ['a sum', () => `x${''}`.concat(String(password)) + password],
  ['JSON', () => JSON.stringify({ deep: [password] })],
  ['inspect', () => inspect({ deep: [password] }, { depth: null, showHidden: true, getters: true })],
  ['format', () => format('%s %o %j', password, password, password)],
  ['its own fields', () => JSON.stringify([Object.entries(password), Reflect.ownKeys(password)])],
  ['a copy', () => JSON.stringify({ ...password })],
])('%s does not tell it', (_, print) => {
  expect(print()).not.toContain('hunter2');
});

test('who needs it reveals it', () => {
  expect(password.reveal()).toBe('hunter2');
});
