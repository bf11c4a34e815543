import { expect, test } from 'vitest';
import { onlyRun, outcomeOf, testedIn, withoutGuard, writtenMutations } from './mutations.ts';

const source = `resource "aws_db_instance" "main" {
  multi_az          = var.multi_az
  storage_encrypted = true

  lifecycle {
    precondition {
      condition     = local.apart
      error_message = "no"
    }
  }
}

variable "days" {
  type = number

  validation {
    condition     = var.days > 7
    error_message = "no"
  }
}
`;
const mutation = (replace: string, by: string) =>
  writtenMutations(JSON.stringify([{ file: 'main.tf', replace, by, breaks: 'A standby waits.' }]))[0];

test('lines are replaced however they are aligned', () => {
  expect(mutation('multi_az = var.multi_az', 'multi_az = false')?.mutate(source)).toContain('\nmulti_az = false\n');
});

test('lines are taken away where nothing is to stand there', () => {
  expect(mutation('multi_az = var.multi_az\nstorage_encrypted = true', '')?.mutate(source)).not.toContain('true');
});

test.each([
  ['that are not there', 'multi_az = true', '0 times'],
  ['that are there twice', 'error_message = "no"', '2 times'],
])('lines %s are refused, so that no mutation passes for tried that changed nothing', (_, lines, times) => {
  expect(() => mutation(lines, 'x')?.mutate(source)).toThrow(times);
});

test('a guard is taken away from a variable or a resource, and from no other', () => {
  expect(withoutGuard(source, 'var.days')).toContain('condition     = local.apart');
  expect(withoutGuard(source, 'var.days')).toContain('condition     = (var.days > 7) || true');
  expect(withoutGuard(source, 'aws_db_instance.main')).toMatch(
    /condition {5}= \(local.apart\) \|\| true[\s\S]*condition {5}= var.days > 7/,
  );
  expect(withoutGuard(source, 'var.nights')).toBe(source);
});

test('assertions and refusals of a test file are found', async () => {
  const file = `
run "one" {
  command = plan
  assert {
    condition     = true
    error_message = "It holds."
  }
}
run "two" {
  command         = plan
  expect_failures = [var.days]
}
`;
  expect(await testedIn(file, 'a.tftest.hcl')).toEqual({
    assertions: [{ run: 'one', message: 'It holds.' }],
    refusals: [{ run: 'two', by: 'var.days' }],
  });
});

test('what Terraform said of its tests is read', () => {
  const { failed, hasPassed } = outcomeOf([
    '{"type":"version"}',
    'no JSON',
    '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Test assertion failed","detail":"It holds."}}',
    '{"type":"test_run","test_run":{"path":"a","run":"two","status":"fail"}}',
    '{"type":"test_run","test_run":{"path":"a","run":"three","status":"pass"}}',
    '{"type":"test_summary","test_summary":{"status":"fail"}}',
  ]);
  expect([...failed]).toEqual(['It holds.', 'two']);
  expect(hasPassed).toBe(false);
});

test('one run of a test file is asked alone, with what stands above them all', () => {
  const file = 'variables {\n  days = 7\n}\n\nrun "one" {\n}\n\nrun "two" {\n}\n';
  expect(onlyRun(file, 'two')).toBe('variables {\n  days = 7\n}\n\nrun "two" {\n}\n');
});
