import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestBench, type TestBench } from '../testing/test-bench.ts';

let bench: TestBench;
beforeEach(async () => {
  bench = await createTestBench();
  await put('plan.json', plan('delete'));
});
afterEach(() => bench.close());

const address = 'module.environment.module.rds[0].aws_db_instance.main';
const plan = (...actions: readonly string[]) =>
  JSON.stringify({
    format_version: '1.2',
    variables: { environment: { value: 'staging' } },
    resource_changes: [
      {
        address,
        mode: 'managed',
        type: 'aws_db_instance',
        change: { actions, before: {}, after: null, after_unknown: {} },
      },
    ],
  });
const put = async (file: string, text: string) => {
  await mkdir(join(bench.directory, 'terraform'), { recursive: true });
  await writeFile(join(bench.directory, file), text);
};
const approval = (expires: string) => `approvals:
  - environment: staging
    address: ${address}
    allows: destroys
    owner: dba
    reason: moved to another instance, restored and compared
    expires: ${expires}
`;

test('a plan that destroys a database is refused, and what to write to allow it is said', async () => {
  const { code, out, err } = await bench.plumb(['infra', 'plan', join(bench.directory, 'plan.json')]);
  expect(code).toBe(1);
  expect(out).toMatch(
    /refused +destroys +module\.environment\.module\.rds\[0\]\.aws_db_instance\.main +a database is on it/,
  );
  expect(err).toContain('add it to terraform/approvals.yaml with environment: staging');
});

test('an approval in the repository lets it through', async () => {
  await put('terraform/approvals.yaml', approval('2999-01-01'));
  const { code, out } = await bench.plumb(['infra', 'plan', join(bench.directory, 'plan.json')]);
  expect(code).toBe(0);
  expect(out).toContain('dba answers for it until 2999-01-01');
});

test('an approval of another environment or of the past does not', async () => {
  await put('terraform/approvals.yaml', approval('2020-01-01'));
  expect(await bench.plumb(['infra', 'plan', join(bench.directory, 'plan.json')])).toMatchObject({ code: 1 });
  await put('terraform/approvals.yaml', approval('2999-01-01'));
  const elsewhere = ['infra', 'plan', join(bench.directory, 'plan.json'), '--environment', 'production'];
  expect(await bench.plumb(elsewhere)).toMatchObject({ code: 1 });
});

test('a plan that changes nothing passes, and programs read the same as people', async () => {
  await put('plan.json', plan('no-op'));
  expect((await bench.plumb(['infra', 'plan', join(bench.directory, 'plan.json')])).out).toContain(
    'the plan destroys, replaces and opens nothing',
  );
  const { out } = await bench.plumb(['infra', 'plan', join(bench.directory, 'plan.json'), '--json']);
  expect(JSON.parse(out)).toEqual({ environment: 'staging', isRefused: false, answers: [], unused: [] });
});

test('a file that is not there, or is no plan, is refused with the way to make one', async () => {
  const missing = await bench.plumb(['infra', 'plan', 'nowhere.json']);
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('nowhere.json cannot be read') });
  await put('plan.json', 'binary');
  const { err } = await bench.plumb(['infra', 'plan', join(bench.directory, 'plan.json')]);
  expect(err).toContain('terraform show -json tfplan > plan.json');
});
