import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsData } from './holds-data.ts';

test.each([
  'aws_db_instance',
  'aws_s3_bucket',
  'aws_kms_key',
  'aws_elasticache_replication_group',
  'aws_secretsmanager_secret',
  'aws_ecr_repository',
  'aws_backup_vault',
  'aws_cloudwatch_log_group',
  'random_password',
])('%s holds data', (type) => {
  expect(holdsData(type)).toMatchObject({ holds: true });
});

test.each([
  'aws_iam_role',
  'aws_vpc_security_group_ingress_rule',
  'aws_route_table_association',
  'aws_db_subnet_group',
  'aws_db_parameter_group',
  'aws_s3_bucket_versioning',
  'aws_s3_bucket_policy',
  'aws_backup_plan',
  'aws_cloudwatch_metric_alarm',
  'helm_release',
])('%s holds none', (type) => {
  expect(holdsData(type)).toMatchObject({ holds: false });
});

test.each([
  'aws_memorydb_cluster',
  'aws_docdb_cluster',
  'aws_fsx_lustre_file_system',
  'aws_redshiftserverless_namespace',
  'aws_timestreamwrite_table',
  'aws_s3tables_table_bucket',
  'aws_s3_bucket_object',
  'aws_neptune_graph',
  'aws_qldb_ledger',
  'aws_keyspaces_keyspace',
  'aws_msk_cluster',
  'aws_cognito_user_pool',
  'google_sql_database_instance',
  'azurerm_postgresql_flexible_server',
])('%s, which no list names, is taken by its name', (type) => {
  expect(holdsData(type)).toMatchObject({ holds: true, because: expect.stringContaining('not known here') });
});

const kept = fc.constantFrom(
  'database',
  'bucket',
  'volume',
  'table',
  'vault',
  'snapshot',
  'store',
  'backup',
  'disk',
  'secret',
);
const part = fc.stringMatching(/^[a-z]{2,8}$/);

test('a type of any maker that ends in a thing to keep things in is never taken for empty', () => {
  fc.assert(
    fc.property(part, part, kept, (maker, family, thing) => {
      expect(holdsData(`${maker}_${family}_${thing}`).holds).toBe(true);
    }),
  );
});

test('whatever is said of a type, it says why', () => {
  fc.assert(
    fc.property(part, part, (maker, thing) => {
      expect(holdsData(`${maker}_${thing}`).because).toMatch(/\w+ \w+/);
    }),
  );
});
