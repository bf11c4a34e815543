import { Failure } from '@plumbline/contract/failure';
import { describe, expect, test } from 'vitest';
import { type Log, type LogOptions, openLog } from './log.ts';
import { Secret } from './secret.ts';

const logged = (use: (log: Log) => void, options: LogOptions = {}): unknown[] => {
  const lines: string[] = [];
  use(openLog({ write: (line) => lines.push(line), now: () => 0, ...options }));
  return lines.map((line) => JSON.parse(line));
};

test('an event is one line of JSON with its fields', () => {
  expect(logged((log) => log.with({ instance: 'a' }).info('Delivery started', { delivery: 'd-1' }))).toEqual([
    {
      timestamp: '1970-01-01T00:00:00.000Z',
      level: 'info',
      message: 'Delivery started',
      instance: 'a',
      delivery: 'd-1',
    },
  ]);
});

test('events below the level are dropped', () => {
  const say = (log: Log) => {
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.error('e');
  };
  expect(logged(say, { level: 'warn' })).toMatchObject([{ message: 'w' }, { message: 'e' }]);
});

describe('what looks like a secret is not printed', () => {
  const address = Object.assign(new URL('postgres://localhost/db'), { username: 'me', password: 'hunter2' }).href;
  test.each<[string, Record<string, unknown>]>([
    ['a Secret', { value: new Secret('hunter2') }],
    ['a field that is called so', { dbPassword: 'hunter2' }],
    ['deep in', { request: { headers: { Authorization: 'hunter2' } } }],
    ['the password of an address', { url: address }],
    ['in a sentence', { error: new Error(`connecting to ${address} failed`) }],
    ['a bearer token', { header: 'Bearer hunter2' }],
    ['a token of ours', { text: 'use plumb_ab12_hunter2' }],
  ])('%s', (_, fields) => {
    expect(JSON.stringify(logged((log) => log.info('x', fields)))).not.toContain('hunter2');
  });
});

test('an error says what, why and what to do, with its causes', () => {
  const error = new Failure('bug', 'outer', { hint: 'look', cause: new TypeError('inner') });
  expect(logged((log) => log.error('It failed', { error }))).toMatchObject([
    {
      error: {
        name: 'Failure',
        code: 'bug',
        message: 'outer',
        hint: 'look',
        cause: { name: 'TypeError', message: 'inner' },
      },
    },
  ]);
});

test('a field that contains itself does not break it, and one that comes twice is printed twice', () => {
  const loop: Record<string, unknown> = { twice: [1] };
  loop.self = loop;
  const shared = { n: 1 };
  expect(logged((log) => log.info('x', { loop, a: shared, b: shared, big: 1n }))).toMatchObject([
    { loop: { self: '(itself)', twice: [1] }, a: { n: 1 }, b: { n: 1 }, big: '1' },
  ]);
});
