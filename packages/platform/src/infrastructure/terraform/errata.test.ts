import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Block, blocksIn, blocksOf } from './hcl.ts';
import { moduleFolders, terraformFolder } from './modules.ts';

// The rules of errata 4 (and of those of 2, 8 and 9 that Terraform can break), each held against the specification's own
// lines, which it must find wrong, and against ours.

const specification = (name: string) => new URL(`./fixtures/specification/${name}.txt`, import.meta.url);

let their: { readonly production: readonly Block[]; readonly eks: readonly Block[] };
let ours: Readonly<Record<string, readonly Block[]>>;
let roots: Readonly<Record<string, readonly Block[]>>;

beforeAll(async () => {
  const read = async (name: string) => blocksOf(await readFile(specification(name), 'utf8'), name);
  their = { production: await read('production.tf'), eks: await read('eks.tf') };
  const modules = await moduleFolders();
  ours = Object.fromEntries(
    await Promise.all(modules.map(async (folder) => [folder.split('/').at(-1), await blocksIn(folder)])),
  );
  roots = Object.fromEntries(
    await Promise.all(
      ['dev', 'staging', 'production'].map(async (name) => [
        name,
        await blocksIn(join(terraformFolder, 'environments', name)),
      ]),
    ),
  );
});

const module = (name: string): readonly Block[] => ours[name] ?? [];
const all = (): readonly Block[] => Object.values(ours).flat();
const resources = (blocks: readonly Block[], type: string) =>
  blocks.filter((block) => block.kind === 'resource' && block.type === type);
const moduleCall = (blocks: readonly Block[], name: string) =>
  blocks.find((block) => block.kind === 'module' && block.name === name)?.body ?? {};
const text = (blocks: readonly Block[]): string => JSON.stringify(blocks);
const values = async (environment: string): Promise<string> =>
  readFile(join(terraformFolder, 'environments', environment, 'plumbline.auto.tfvars.json'), 'utf8');

/** Kubernetes that leaves standard support before 2027: 1.34 on 2026-12-02. */
const isEnding = (version: string): boolean => Number(version.split('.')[1]) < 35;

test('E4-1: Kubernetes is one with support left, and extended support is never bought by forgetting', async () => {
  expect(isEnding(String(moduleCall(their.production, 'eks').kubernetes_version))).toBe(true);
  for (const name of Object.keys(roots)) expect(isEnding(JSON.parse(await values(name)).cluster.version)).toBe(false);
  expect(text(resources(their.eks, 'aws_eks_cluster'))).not.toContain('STANDARD');
  expect(text(resources(module('eks'), 'aws_eks_cluster'))).toContain('"support_type":"STANDARD"');
});

const isPinnedMinor = (version: unknown): boolean => String(version).includes('.');

test("E4-2: PostgreSQL's minor version is not pinned", async () => {
  expect(isPinnedMinor(moduleCall(their.production, 'rds').engine_version)).toBe(true);
  for (const name of Object.keys(roots))
    expect(isPinnedMinor(JSON.parse(await values(name)).database.engine_version)).toBe(false);
});

test('E4-3: the cache is a replication group, with TLS, users and a replica that takes over', () => {
  expect(moduleCall(their.production, 'redis')).toHaveProperty('num_cache_nodes', 2);
  expect(resources(all(), 'aws_elasticache_cluster')).toEqual([]);
  const group = text(resources(module('redis'), 'aws_elasticache_replication_group'));
  for (const said of ['num_cache_clusters', 'automatic_failover_enabled', 'multi_az_enabled', 'user_group_ids'])
    expect(group).toContain(said);
  expect(group).toContain('"transit_encryption_mode":"required"');
  expect(text(resources(module('redis'), 'aws_secretsmanager_secret_version'))).toContain('rediss://');
});

/** Variables that are read and nowhere declared. */
const undeclared = (blocks: readonly Block[]): readonly string[] => {
  const declared = new Set(blocks.filter(({ kind }) => kind === 'variable').map(({ name }) => name));
  const read = [...text(blocks).matchAll(/\bvar\.(\w+)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  return [...new Set(read)].filter((name) => !declared.has(name));
};

test('E4-4: every variable that is read is declared', () => {
  expect(undeclared(their.production)).toEqual(['aws_region']);
  for (const blocks of [...Object.values(roots), ...Object.values(ours)]) expect(undeclared(blocks)).toEqual([]);
});

const backends = (blocks: readonly Block[]): readonly unknown[] =>
  blocks.filter(({ kind }) => kind === 'terraform').flatMap(({ body }) => (body.backend ? [body.backend] : []));

test('E4-5: each environment has one backend, in backend.tf alone', async () => {
  const theirTree = [...their.production, ...(await blocksOf('terraform {\n  backend "s3" {}\n}\n', 'backend.tf'))];
  expect(backends(theirTree)).toHaveLength(2);
  for (const [name, blocks] of Object.entries(roots)) {
    expect(backends(blocks)).toHaveLength(1);
    const file = await readFile(join(terraformFolder, 'environments', name, 'backend.tf'), 'utf8');
    expect(backends(await blocksOf(file, 'backend.tf'))).toHaveLength(1);
  }
});

/** Resources of a type that are referred to and not there. */
const dangling = (blocks: readonly Block[]): readonly string[] => {
  const there = new Set(blocks.filter(({ kind }) => kind === 'resource').map(({ type, name }) => `${type}.${name}`));
  const named = [...text(blocks).matchAll(/(?<![.\w"])(aws_\w+)\.(\w+)/g)].map(([, type, name]) => `${type}.${name}`);
  return [...new Set(named)].filter((address) => !there.has(address));
};

test('E4-6: every resource that is referred to is there', () => {
  expect(dangling(their.eks)).toContain('aws_iam_role.cluster');
  expect(dangling(their.eks)).toContain('aws_security_group.cluster');
  for (const [name, blocks] of Object.entries(ours)) {
    const found = dangling(blocks.filter(({ kind }) => kind === 'resource' || kind === 'output'));
    expect(
      found.filter((address) => !text(blocks).includes(`data.${address}`)),
      name,
    ).toEqual([]);
  }
});

test('E4-7: the state is locked by its own bucket, not by a table', () => {
  expect(JSON.stringify(backends(their.production))).toContain('dynamodb_table');
  for (const blocks of Object.values(roots)) {
    expect(JSON.stringify(backends(blocks))).toContain('"use_lockfile":true');
    expect(JSON.stringify(backends(blocks))).not.toContain('dynamodb');
  }
});

const bucketsOf = (blocks: readonly Block[]): readonly string[] =>
  [...JSON.stringify(backends(blocks)).matchAll(/"bucket":"([^"]+)"/g)].map(([, name]) => String(name));

test('E4-8: each account has a state bucket of its own, made by code', async () => {
  expect(bucketsOf(their.production)).toEqual(['blueprint-terraform-state']);
  const names = Object.values(roots).flatMap(bucketsOf);
  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(name).toMatch(/-\d{12}$/);
  expect(text(await blocksIn(join(terraformFolder, 'bootstrap')))).toContain('aws_kms_key.state.arn');
});

const isBounded = (blocks: readonly Block[]): boolean =>
  blocks.filter(({ kind }) => kind === 'terraform').some(({ body }) => String(body.required_version).includes('<'));

test('E4-9: versions of Terraform and of the provider are present ones, and bounded', () => {
  expect(isBounded(their.production)).toBe(false);
  expect(text(their.production)).toContain('~> 5.0');
  for (const blocks of [...Object.values(roots), ...Object.values(ours)]) {
    expect(isBounded(blocks)).toBe(true);
    expect(text(blocks)).not.toContain('~> 5.0');
  }
});

test('E4-10: RDS keeps the master password', () => {
  expect(moduleCall(their.production, 'rds')).not.toHaveProperty('manage_master_user_password');
  expect(resources(module('rds'), 'aws_db_instance')[0]?.body).toMatchObject({ manage_master_user_password: true });
});

const needed = [
  'storage_encrypted',
  'kms_key_id',
  'deletion_protection',
  'final_snapshot_identifier',
  'copy_tags_to_snapshot',
  'max_allocated_storage',
  'ca_cert_identifier',
  'monitoring_interval',
  'database_insights_mode',
  'parameter_group_name',
  'publicly_accessible',
];

test('E4-11: the database says all that decides whether its data are safe', () => {
  const said = (body: object) => needed.filter((name) => name in body);
  expect(said(moduleCall(their.production, 'rds'))).toEqual([]);
  expect(said(resources(module('rds'), 'aws_db_instance')[0]?.body ?? {})).toEqual(needed);
  expect(text(module('rds'))).not.toContain('"skip_final_snapshot":true');
});

const byRange = (blocks: readonly Block[]): boolean => /allowed_cidr_blocks|cidr_ipv4|cidr_blocks/.test(text(blocks));

test('E4-12: database and cache let in security groups, never ranges', () => {
  expect(byRange(their.production)).toBe(true);
  for (const name of ['rds', 'redis', 'search']) {
    expect(byRange(module(name))).toBe(false);
    expect(text(resources(module(name), 'aws_vpc_security_group_ingress_rule'))).toContain(
      'referenced_security_group_id',
    );
  }
});

test('E4-13: the cluster has access entries, add-ons, its own key and nodes that guard their credentials', () => {
  const said = [
    'access_config',
    'encryption_config',
    'deletion_protection',
    'upgrade_policy',
    'http_tokens',
    'ami_type',
  ];
  const of = (blocks: readonly Block[]) => said.filter((name) => text(blocks).includes(`"${name}"`));
  expect(of(their.eks)).toEqual([]);
  expect(of(module('eks'))).toEqual(said);
  expect(text(their.eks)).toContain('AmazonEKS_CNI_Policy');
  expect(
    text(resources(module('eks'), 'aws_iam_role_policy_attachment').filter(({ name }) => name === 'node')),
  ).not.toContain('AmazonEKS_CNI_Policy');
  expect(text(module('eks'))).toContain('enableNetworkPolicy');
});

test('E4-14: applying does not take back what the autoscaler did', () => {
  const group = (blocks: readonly Block[]) => text(resources(blocks, 'aws_eks_node_group'));
  expect(group(their.eks)).not.toContain('ignore_changes');
  expect(group(their.eks)).toContain('"max_unavailable":1');
  expect(group(module('eks'))).toContain('scaling_config[0].desired_size');
  expect(group(module('eks'))).toContain('max_unavailable_percentage');
});

test('E4-15: three zones, a /20 for pods, no network shared between environments', async () => {
  expect(moduleCall(their.production, 'vpc').private_subnet_cidrs).toHaveLength(2);
  const networks = await Promise.all(Object.keys(roots).map(async (name) => JSON.parse(await values(name)).network));
  expect(networks.every(({ zones }) => zones >= 3)).toBe(true);
  expect(new Set(networks.map(({ cidr }) => cidr)).size).toBe(3);
  expect(text(resources(module('vpc'), 'aws_subnet'))).toContain('kubernetes.io/role/elb');
  expect(resources(module('vpc'), 'aws_flow_log')).toHaveLength(1);
});

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const gap = (backup: string, maintenance: string): number =>
  minutes(maintenance.slice(4, 9)) - minutes(backup.split('-')[1] ?? '');

test('E4-16: backup and maintenance are at night in the Pacific, and half an hour apart', async () => {
  const { backup_window: backup, maintenance_window: maintenance } = moduleCall(their.production, 'rds');
  expect(gap(String(backup), String(maintenance))).toBe(0);
  expect(minutes(String(backup))).toBeLessThan(minutes('08:00'));
  const { database } = JSON.parse(await values('production'));
  expect(gap(database.backup_window, database.maintenance_window)).toBeGreaterThanOrEqual(30);
  expect(minutes(database.backup_window)).toBeGreaterThanOrEqual(minutes('08:00'));
});

const lasting = [
  'aws_db_instance',
  'aws_elasticache_replication_group',
  'aws_s3_bucket',
  'aws_kms_key',
  'aws_backup_vault',
  'aws_ecr_repository',
  'aws_opensearch_domain',
  'aws_route53_zone',
  'aws_db_instance_automated_backups_replication',
];
const unprotected = (blocks: readonly Block[]): readonly string[] =>
  blocks
    .filter(({ kind, type }) => kind === 'resource' && lasting.includes(type))
    .filter(({ body }) => !JSON.stringify(body).includes('"prevent_destroy":true'))
    .map(({ type, name }) => `${type}.${name}`);

test('E4-17: nothing that holds data is destroyed by a command that was pasted', async () => {
  expect(await readFile(specification('workflow.sh'), 'utf8')).toContain('terraform destroy');
  const loose = await blocksOf('resource "aws_db_instance" "main" {\n  identifier = "connect2-prod"\n}\n', 'main.tf');
  expect(unprotected(loose)).toEqual(['aws_db_instance.main']);
  expect(unprotected([...all(), ...(await blocksIn(join(terraformFolder, 'bootstrap')))])).toEqual([]);
  expect(resources(all(), 'aws_s3_bucket')).toHaveLength(1);
  expect(await readFile(join(terraformFolder, 'README.md'), 'utf8')).not.toMatch(/^\s*terraform destroy/m);
});

test('E4-18: tags come from the provider, the same for everything', () => {
  const tagged = (blocks: readonly Block[]) => text(blocks.filter(({ kind }) => kind === 'provider'));
  expect(tagged(their.production)).not.toContain('default_tags');
  for (const blocks of Object.values(roots))
    for (const tag of ['Project', 'Environment', 'ManagedBy']) expect(tagged(blocks)).toContain(tag);
});

test('E4-19: documents, secrets, keys, DNS, registry, alarms, budgets and backups are in code; the cache has its own subnets', () => {
  expect(their.production.filter(({ kind }) => kind === 'module').map(({ name }) => name)).toEqual([
    'eks',
    'rds',
    'redis',
    'vpc',
  ]);
  const made = new Set(
    module('environment')
      .filter(({ kind }) => kind === 'module')
      .map(({ name }) => name),
  );
  for (const name of ['documents', 'secrets', 'kms', 'dns', 'registry', 'alarms', 'budget', 'backup', 'logs', 'github'])
    expect(made, name).toContain(name);
  expect(moduleCall(their.production, 'redis').subnet_ids).toContain('database_subnet_ids');
  expect(moduleCall(module('environment'), 'redis').subnet_ids).toContain('cache_subnet_ids');
});

const isPast = (machine: unknown): boolean => /(^|\.)(t[1-3]|[mcr][1-5])[a-z]*\./.test(String(machine));

test('E2-3: no machine is of a generation that is past', async () => {
  expect(isPast(moduleCall(their.production, 'rds').instance_class)).toBe(true);
  expect(isPast(moduleCall(their.production, 'redis').node_type)).toBe(true);
  for (const name of Object.keys(roots)) {
    const { cluster, database, cache } = JSON.parse(await values(name));
    for (const machine of [...cluster.instance_types, database.instance_class, cache.node_type])
      expect(isPast(machine), machine).toBe(false);
  }
});

test('E2-4: a failover is tried in staging before production', async () => {
  for (const name of ['staging', 'production']) {
    const { database, cache } = JSON.parse(await values(name));
    expect({ database: database.multi_az, cache: cache.nodes >= 2 }).toEqual({ database: true, cache: true });
  }
});

test('E2-5: each environment has its own account, which the provider checks, and its own roles', async () => {
  const guarded = (blocks: readonly Block[]) =>
    text(blocks.filter(({ kind }) => kind === 'provider')).includes('allowed_account_ids');
  expect(guarded(their.production)).toBe(false);
  expect(Object.values(roots).every(guarded)).toBe(true);
  const accounts = await Promise.all(Object.keys(roots).map(async (name) => JSON.parse(await values(name)).account));
  expect(new Set(accounts).size).toBe(3);
});

test('E8-10: logs end in every environment, are archived as they are written, and the archive is locked', async () => {
  const days = await Promise.all(
    Object.keys(roots).map(async (name) => JSON.parse(await values(name)).logs.retention_days),
  );
  const said = await readFile(specification('logs.md'), 'utf8');
  expect(['dev', 'staging', 'production'].filter((name) => !said.includes(`days for ${name}`))).toEqual(['staging']);
  expect(days).toEqual([7, 14, 30]);
  for (const group of resources(all(), 'aws_cloudwatch_log_group'))
    expect(group.body).toHaveProperty('retention_in_days');
  expect(resources(module('logs'), 'aws_cloudwatch_log_subscription_filter')).toHaveLength(1);
  expect(moduleCall(module('logs'), 'archive')).toHaveProperty('lock');
});

test('E9-1: documents are versioned and copied without their deletions, not synchronised', async () => {
  expect(await readFile(specification('backup.sh'), 'utf8')).toMatch(/s3 sync .*--delete/);
  const copy = text(resources(module('documents'), 'aws_s3_bucket_replication_configuration'));
  expect(copy).toContain('"delete_marker_replication":[{"status":"Disabled"}]');
  for (const name of ['bucket', 'copy']) expect(moduleCall(module('documents'), name)).toHaveProperty('lock');
  expect(text(resources(module('bucket'), 'aws_s3_bucket_versioning'))).toContain('"status":"Enabled"');
});

test('E9-7: backups are copied to another region and restored for practice', () => {
  const practised = (blocks: readonly Block[]) => resources(blocks, 'aws_backup_restore_testing_plan').length;
  const copied = (blocks: readonly Block[]) => text(resources(blocks, 'aws_backup_plan')).includes('copy_action');
  const theirs = [...their.production, ...their.eks];
  expect({ practised: practised(theirs), copied: copied(theirs) }).toEqual({ practised: 0, copied: false });
  expect({ practised: practised(module('backup')), copied: copied(module('backup')) }).toEqual({
    practised: 1,
    copied: true,
  });
});

test('E0-5: what disaster_recovery: enabled means is in the values: another region for production', async () => {
  expect(text(their.production)).not.toContain('copies');
  const { region, copies_region: copies } = JSON.parse(await values('production'));
  expect(copies).toMatch(/^[a-z]+-[a-z]+-\d$/);
  expect(copies).not.toBe(region);
});

test('E0-3: secrets are made by code, and External Secrets has the role that reads them', () => {
  expect(text(their.production)).not.toContain('secret');
  expect(resources(module('secrets'), 'aws_secretsmanager_secret')).toHaveLength(1);
  expect(resources(module('secrets'), 'aws_eks_pod_identity_association')).toHaveLength(1);
  expect(text(module('addons'))).toContain('external-secrets');
});

test('E0-4: one shipper brings logs to CloudWatch', () => {
  expect(text(their.eks)).not.toContain('observability');
  expect(text(module('eks'))).toContain('amazon-cloudwatch-observability');
});

test('E2-2: what the services need at their most is counted before anything is applied', () => {
  expect(text(their.production)).not.toMatch(/precondition|validation/);
  const capacity = module('environment').find(({ kind, name }) => kind === 'output' && name === 'capacity');
  expect(JSON.stringify(capacity?.body.precondition)).toContain('local.all_nodes_needed <= var.cluster.max');
  expect(text(module('addons'))).toContain('karpenter');
});

test('E3-10: workflows come in by OIDC, from one environment, and no key is stored', () => {
  expect(text(their.production)).not.toContain('openid');
  expect(resources(all(), 'aws_iam_access_key')).toEqual([]);
  expect(text(module('github-oidc'))).toMatch(/repo:\S{10,30}:environment:/);
});

test('E3-20: the role that delivers has rights in the cluster, in its namespace alone', () => {
  expect(resources(their.eks, 'aws_eks_access_entry')).toEqual([]);
  expect(resources(module('eks'), 'aws_eks_access_entry')).toHaveLength(1);
  const access = JSON.stringify(moduleCall(module('environment'), 'eks').access);
  expect(access).toContain('AmazonEKSEditPolicy');
  expect(access).not.toContain('ClusterAdmin');
});

test('E5-10: metrics-server is there for the autoscaler', () => {
  expect(text(their.eks)).not.toContain('metrics-server');
  expect(text(module('eks'))).toContain('metrics-server');
});

test('E12-5: nodes that nobody needs go, and a budget says what they cost', async () => {
  expect(text(their.production)).not.toContain('budget');
  const pool = join(terraformFolder, 'modules/addons/charts/nodes/templates/nodes.yaml');
  expect(await readFile(pool, 'utf8')).toContain('consolidationPolicy: WhenEmptyOrUnderutilized');
  expect(resources(module('budget'), 'aws_budgets_budget')).toHaveLength(1);
});

test('the environments are the same code, file for file; only what is rendered differs', async () => {
  const read = (name: string, file: string) => readFile(join(terraformFolder, 'environments', name, file), 'utf8');
  for (const folder of ['.', 'addons', 'tests']) {
    const files = (await readdir(join(terraformFolder, 'environments/production', folder))).filter(
      (file) => /\.(tf|hcl)$/.test(file) && file !== 'backend.tf' && !file.startsWith('.terraform'),
    );
    for (const file of files)
      for (const name of ['dev', 'staging'])
        expect(await read(name, join(folder, file)), file).toBe(await read('production', join(folder, file)));
  }
});

test('no environment takes the address or the state of another', () => {
  const keys = Object.values(roots).map((blocks) => JSON.stringify(backends(blocks)));
  expect(new Set(keys).size).toBe(3);
});
