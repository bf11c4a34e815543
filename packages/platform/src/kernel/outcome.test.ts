import { Failure } from '@plumbline/contract/failure';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, replay } from './outcome.ts';

test('every result that survives JSON is replayed as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(replay(await outcomeOf(async () => value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a result that looks like an error is a result', async () => {
  const value = { thrown: { name: 'Error', message: 'not me' } };
  expect(replay(await outcomeOf(async () => value))).toEqual(value);
});

test('an error keeps its name, its words and its causes', async () => {
  const thrown = new Failure('bug', 'outer', { cause: new RangeError('inner', { cause: 'text' }) });
  const recorded = await outcomeOf(() => Promise.reject(thrown));
  expect(() => replay(recorded)).toThrow(
    expect.objectContaining({ code: 'bug', message: 'outer', cause: expect.objectContaining({ name: 'RangeError' }) }),
  );
});

test('a cause that leads back to itself comes to an end', async () => {
  const loop = new Error('round');
  loop.cause = loop;
  const recorded = await outcomeOf(() => Promise.reject(loop));
  expect(() => replay(recorded)).toThrow('round');
});
