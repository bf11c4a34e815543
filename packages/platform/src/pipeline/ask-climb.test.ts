import { environmentName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { wayUp } from './ask-climb.ts';

const [development, staging, production] = ['development', 'staging', 'production'].map((name) =>
  environmentName.parse(name),
);
const path = [development, staging, production].filter((name) => name !== undefined);

test.each([
  ['the main branch climbs the whole path', { branch: 'main', dirty: false }, null, path],
  ['a checkout without a branch as well', { branch: null, dirty: false }, null, path],
  ['as far as was asked for', { branch: 'main', dirty: false }, staging ?? null, path.slice(0, 2)],
  ['develop goes to the first environment alone', { branch: 'develop', dirty: false }, null, path.slice(0, 1)],
  ['uncommitted work goes to the first environment alone', { branch: 'main', dirty: true }, null, path.slice(0, 1)],
])('%s', (_, checkout, upTo, expected) => {
  expect(wayUp(path, checkout, upTo)).toEqual(expected);
});

test('an environment that is not on the path is refused with the path', () => {
  expect(() => wayUp(path, { branch: 'main', dirty: false }, environmentName.parse('qa'))).toThrow(
    'qa is not on the path',
  );
});

test('uncommitted work is not let up when somebody asks for it', () => {
  expect(() => wayUp(path, { branch: 'main', dirty: true }, staging ?? null)).toThrow('goes to development alone');
});
