import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { environmentOf, parsePlan } from './plan.ts';

const made = await readFile(new URL('./fixtures/made-by-terraform.json', import.meta.url), 'utf8');

test('a plan that Terraform made is read whole', () => {
  const plan = parsePlan(made, 'plan.json');
  expect(plan.resource_changes.map(({ address, change }) => [address, change.actions.join(' ')])).toEqual([
    ['terraform_data.destroyed', 'delete'],
    ['terraform_data.forgotten', 'forget'],
    ['terraform_data.kept', 'update'],
    ['terraform_data.replaced', 'delete create'],
  ]);
  expect(environmentOf(plan)).toBe('production');
});

test.each([
  ['no JSON', 'plan:', 'plan.json is no plan of Terraform: it is no JSON'],
  ['another format', '{"format_version":"2.0"}', 'must be version 1 of the format'],
  ['no format at all', '{}', 'format_version'],
  ['an action nobody knows', made.replace('"update"', '"sublime"'), 'Invalid option'],
])('%s is refused', (_, text, why) => {
  expect(() => parsePlan(text, 'plan.json')).toThrow(why);
});

test('a plan that ended in an error is refused, since it does not hold all changes', () => {
  const unfinished = JSON.stringify({ ...JSON.parse(made), errored: true });
  expect(() => parsePlan(unfinished, 'plan.json')).toThrow('a plan that Terraform could not finish');
});

test('a plan without the variable is for no environment that is known', () => {
  expect(environmentOf(parsePlan('{"format_version":"1.2"}', 'plan.json'))).toBeUndefined();
});
