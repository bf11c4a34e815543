import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sha256 } from './canonical-json.ts';

test('the example of RFC 8785 comes out as it stands there', () => {
  const value = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('keys are sorted by UTF-16 code units, as the RFC does it', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  expect(
    Object.values(
      JSON.parse(
        `[${canonicalJson(value)
          .match(/(?<=:)\d/g)
          ?.join(',')}]`,
      ),
    ),
  ).toEqual([2, 4, 6, 7, 1, 5, 3]);
});

test('it says the same as JSON, whatever the order in which keys were written', () => {
  const json = fc.jsonValue().filter((value) => !/\\ud[89a-f]/.test(JSON.stringify(value)));
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(backwards(value))).toBe(canonicalJson(value));
    }),
  );
});

test.each<[string, unknown, string]>([
  ['undefined', { a: [undefined] }, '$.a[0] is undefined'],
  ['a hole in a list', Object.assign([1], { length: 2 }), '$[1] is undefined'],
  ['NaN', { a: Number.NaN }, '$.a is NaN'],
  ['Infinity', -Infinity, '$ is -Infinity'],
  ['a Date', { at: new Date() }, '$.at is a Date'],
  ['a bigint', 1n, '$ is bigint'],
  ['a function', () => 1, '$ is function'],
  ['half a character', 'a\ud800', '$ is half a character'],
])('%s is refused, and where it stands is said', (_, value, message) => {
  expect(() => canonicalJson(value)).toThrow(message);
});

test('the digest is that of the text in UTF-8', () => {
  expect(sha256('€')).toBe(sha256(new TextEncoder().encode('€')));
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

const backwards = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, one]) => [key, backwards(one)]),
  );
};
