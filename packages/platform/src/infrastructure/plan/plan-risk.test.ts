import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { ResourceChange } from './plan.ts';
import { parsePlan } from './plan.ts';
import { risksOf } from './plan-risk.ts';

type Change = Partial<ResourceChange['change']>;

const change = (type: string, made: Change, more: Partial<ResourceChange> = {}): ResourceChange => ({
  address: `module.environment.${type}.main`,
  mode: 'managed',
  type,
  change: { actions: ['update'], before: {}, after: {}, after_unknown: {}, ...made },
  ...more,
});

const risks = (...resource_changes: readonly ResourceChange[]) =>
  risksOf({ format_version: '1.2', errored: false, variables: {}, resource_changes: [...resource_changes] });

const gone = { actions: ['delete'], after: null } satisfies Change;

test.each<[string, Change, string, boolean]>([
  ['aws_db_instance', gone, 'destroys', true],
  ['aws_db_instance', { actions: ['delete', 'create'] }, 'replaces', true],
  ['aws_db_instance', { actions: ['create', 'delete'] }, 'replaces', true],
  ['aws_something_database', gone, 'destroys', true],
  ['aws_iam_role', gone, 'destroys', false],
  ['aws_db_instance', { actions: ['forget'], after: null }, 'forgets', false],
  [
    'aws_db_instance',
    { before: { deletion_protection: true }, after: { deletion_protection: false } },
    'weakens',
    false,
  ],
  [
    'aws_db_instance',
    { before: { backup_retention_period: 30 }, after: { backup_retention_period: 7 } },
    'weakens',
    false,
  ],
  ['aws_backup_vault_lock_configuration', { ...gone, before: {} }, 'destroys', false],
  ['aws_db_instance', { before: { publicly_accessible: false }, after: { publicly_accessible: true } }, 'opens', true],
  [
    'aws_iam_role_policy',
    { actions: ['create'], before: null, after: {}, after_unknown: { policy: true } },
    'unseen',
    false,
  ],
])('%s %j %s (grave: %s)', (type, made, kind, isGrave) => {
  expect(risks(change(type, made))[0]).toMatchObject({ kind, isGrave });
});

test.each<[string, Change]>([
  ['aws_db_instance', { actions: ['no-op'] }],
  ['aws_db_instance', { actions: ['create'], before: null }],
  ['aws_db_instance', { before: { backup_retention_period: 7 }, after: { backup_retention_period: 30 } }],
  ['aws_db_instance', { before: { publicly_accessible: true }, after: { publicly_accessible: true } }],
  ['aws_db_instance', { before: { publicly_accessible: true }, after: { publicly_accessible: false } }],
])('%s %j risks nothing', (type, made) => {
  expect(risks(change(type, made))).toEqual([]);
});

test('what a bucket is closed with cannot be removed in silence', () => {
  expect(risks(change('aws_s3_bucket_public_access_block', gone))).toContainEqual(
    expect.objectContaining({ kind: 'opens', isGrave: true }),
  );
});

test('taking the lock off a vault is said beside its destruction', () => {
  expect(risks(change('aws_backup_vault_lock_configuration', gone)).map(({ kind }) => kind)).toEqual([
    'destroys',
    'weakens',
  ]);
});

test('what an earlier replacement left behind is told apart', () => {
  const [one] = risks(change('aws_db_instance', gone, { deposed: 'ab12cd34' }));
  expect(one?.because).toContain('left from an earlier replacement (ab12cd34)');
});

test('what is only read is no risk', () => {
  expect(risks(change('aws_db_instance', gone, { mode: 'data' }))).toEqual([]);
});

test('the gravest comes first', () => {
  const kinds = risks(change('aws_iam_role', gone), change('aws_s3_bucket', gone)).map(({ type }) => type);
  expect(kinds).toEqual(['aws_s3_bucket', 'aws_iam_role']);
});

test('a plan that Terraform made is judged change by change', async () => {
  const text = await readFile(new URL('./fixtures/made-by-terraform.json', import.meta.url), 'utf8');
  expect(risksOf(parsePlan(text, 'plan.json')).map(({ address, kind }) => `${kind} ${address}`)).toEqual([
    'destroys terraform_data.destroyed',
    'replaces terraform_data.replaced',
    'forgets terraform_data.forgotten',
  ]);
});
