import { posix } from 'node:path';
import type { DescribedFiles } from '../environments/read.ts';

/** Files that lie nowhere but in the test. */
export const described = (files: Readonly<Record<string, string>>): DescribedFiles => ({
  where: 'memory',
  read: async (file) => files[file],
  list: async (folder) =>
    Object.keys(files)
      .filter((file) => posix.dirname(file) === folder)
      .map((file) => posix.basename(file)),
});

/** A description with something of everything. */
export const appYaml = `app: connect2
domain: connect2.blueprint.com
path: [development, staging, production]
services:
  backend:
    alias: api
    directory: backend
    build: [npm, run, build]
    start: [node, dist/main.js]
    health: /api/readyz
    route: /api
    version: { path: /api/version, field: release }
    needs: [database, cache]
    secrets:
      JWT_SECRET: { ref: secret://jwt, generate: 32 }
    start_within: 30s
  frontend:
    start: [node, server.js]
    route: /
    health: /healthz
stores:
  database: { kind: postgres, version: 15, as: DATABASE_URL }
  cache: { kind: redis, optional: true }
migrations: { service: backend, kind: knex, directory: dist/migrations }
checks: { lint: { run: [npm, run, lint], in: [backend] } }
smoke:
  - { get: /api/health, expect: 200 }
`;

/** The three blocks of the specification's 2.2, verbatim. */
export const environments: Readonly<Record<string, string>> = {
  'environments/development.yaml': `environment: development
domain: dev.connect2.blueprint.com
replica_count: 1
resources:
  api:
    cpu: 0.5
    memory: 1Gi
  database:
    instance_type: db.t3.micro
auto_scaling: disabled
backup_retention: 7 days
`,
  'environments/staging.yaml': `environment: staging
domain: staging.connect2.blueprint.com
replica_count: 2
resources:
  api:
    cpu: 1
    memory: 2Gi
  database:
    instance_type: db.t3.medium
auto_scaling: enabled
min_replicas: 2
max_replicas: 4
backup_retention: 14 days
`,
  'environments/production.yaml': `environment: production
domain: connect2.blueprint.com
replica_count: 3
resources:
  api:
    cpu: 2
    memory: 4Gi
  database:
    instance_type: db.r5.large
    multi_az: true
auto_scaling: enabled
min_replicas: 3
max_replicas: 10
backup_retention: 30 days
disaster_recovery: enabled
`,
};
