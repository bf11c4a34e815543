import { strategyName } from '@plumbline/contract/delivery';
import { role } from '@plumbline/contract/identity';
import { environmentName, serviceName } from '@plumbline/contract/names';
import { z } from 'zod';
import { describedCanary, describedVerdict } from './canary.ts';
import { duration } from './duration.ts';
import { describedFreeze } from './freeze.ts';
import { describedInfrastructure } from './infrastructure.ts';
import { command, inside, plainValue, variableName } from './service.ts';
import { cpu, memory } from './sizes.ts';
import { describedThresholds } from './thresholds.ts';

const replicas = z.int().min(0).max(100);
const onOff = z.enum(['enabled', 'disabled']);

const resources = z.strictObject({
  cpu: cpu.optional().describe('Of a service: CPUs that a replica may use at most.'),
  memory: memory.optional().describe('Of a service: memory that a replica may use at most.'),
  requests: z
    .strictObject({ cpu: cpu.optional(), memory: memory.optional() })
    .optional()
    .describe('Of a service: what is set aside for a replica. Default: half the CPU and all the memory.'),
  instance_type: z
    .string()
    .min(1)
    .optional()
    .describe('Of a store: the size of its machine at the cloud, like db.t4g.medium.'),
  multi_az: z.boolean().optional().describe('Of a store: whether a second zone stands by. Default: false.'),
});
export type Resources = z.output<typeof resources>;

const approvals = z.strictObject({
  count: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe('How many people must approve. Default: 1 for the last environment of the path, 0 for others.'),
  roles: z.array(role).min(1).optional().describe('Which roles may. Default: approver and admin.'),
  self: z.boolean().optional().describe('Whether the one who asked for the delivery may approve it. Default: false.'),
  expires: duration
    .optional()
    .describe('How long a delivery waits for it, and how long one that was given counts. Default: 1 day.'),
});

const timeouts = z.strictObject({
  migrations: duration.optional().describe('For all pending migrations together. Default: 10m.'),
  statement: duration.optional().describe('For one statement of a migration. Default: 5m.'),
  rollout: duration.optional().describe('For moving all traffic. Default: 10m.'),
  smoke: duration.optional().describe('For the smoke test. Default: 1m.'),
  verify: duration.optional().describe('For one command of `verify`, installing not counted. Default: 10m.'),
});

const verify = z.strictObject({
  run: command.describe(
    'The command; it finds the environment at BASE_URL. Exit code 0: passed; 77: it could not run here; anything else: failed.',
  ),
  in: inside.default('.').describe("Folder to run it in, after its dependencies are installed. Default: the app's."),
  install: command
    .optional()
    .describe('Fetches the dependencies. Default: `[npm, ci]` where the folder has a package-lock.json.'),
});

const local = z.strictObject({
  replicas: z
    .union([replicas, z.record(serviceName, replicas)], {
      error: 'must be a whole number from 0 to 100, or one for each service',
    })
    .optional()
    .describe('Replicas of each service. Default: 2.'),
  bake: duration.optional().describe('Default by position on the path: 0 for the first, 15s for the last, else 10s.'),
  go_back_for: duration
    .optional()
    .describe('Default by position on the path: 0 for the first, 10m for the last, else 1m.'),
  strategy: strategyName.optional().describe("Default: the environment's."),
  canary: describedCanary.optional().describe("In place of the environment's."),
  verdict: describedVerdict.optional().describe("What differs from the environment's."),
  approvals: approvals.optional().describe("What differs from the environment's."),
  timeouts: timeouts.optional().describe("What differs from the environment's."),
  freezes: z.array(describedFreeze).optional().describe("In place of the environment's."),
  verify: z.array(verify).optional().describe("In place of the environment's."),
  seed: z.boolean().optional().describe("In place of the environment's."),
});

/** environments/NAME.yaml: where it runs and under which rules. */
export const environment = z.strictObject({
  environment: environmentName.describe('Name of the environment, as `path` in plumbline.yaml has it.'),
  domain: z
    .hostname('must be a host name, like staging.connect2.blueprint.com')
    .optional()
    .describe(
      "Where it is reached. Default: the app's domain for the last of the path, `<environment>.<domain>` for others.",
    ),
  replica_count: replicas.optional().describe('Replicas of each service. Default: 2.'),
  resources: z
    .record(z.string(), resources)
    .default({})
    .describe('What each may use, by the name or alias of a service or the name of a store.'),
  auto_scaling: onOff
    .optional()
    .describe('Whether replicas follow the load. Default: disabled. The local target has none, and says so.'),
  min_replicas: replicas.optional().describe('With auto_scaling: never fewer. Default: replica_count.'),
  max_replicas: replicas.optional().describe('With auto_scaling: never more. Default: three times replica_count.'),
  backup_retention: duration.optional().describe('How long backups are kept. Default: 7 days.'),
  disaster_recovery: onOff
    .optional()
    .describe(
      'Backup copies and replication in another region, a backup vault, and drills by schedule. Default: disabled.',
    ),
  strategy: strategyName.optional().describe('How traffic moves to a new release. Default: rolling.'),
  canary: describedCanary.default({}).describe('How the strategy canary gives the candidate its visitors.'),
  verdict: describedVerdict.default({}).describe("How a candidate is judged by its visitors' requests."),
  approvals: approvals.optional().describe('Who must agree before a delivery goes on.'),
  freezes: z
    .array(describedFreeze)
    .default([])
    .describe('When nothing is delivered: a delivery waits until it is over. Going back is always possible.'),
  gates_before_each_step: z
    .boolean()
    .optional()
    .describe(
      'Whether a freeze that begins in the middle of a delivery holds it where it is. Default: true for the last environment of the path, else false.',
    ),
  timeouts: timeouts.optional().describe('After how long a stage has failed.'),
  bake: duration
    .optional()
    .describe(
      'How long the old release stays at hand after all traffic has moved. Default by position on the path: 0 for the first, 5m for the last, else 3m.',
    ),
  go_back_for: duration
    .optional()
    .describe(
      'How long after a delivery one may have to go back, so that no migration takes away what the release before needs. Default by position on the path: 0 for the first, 1 day for the last, else 1h.',
    ),
  verify: z
    .array(verify)
    .default([])
    .describe('Commands that run after the smoke test; one that fails takes the release back.'),
  seed: z
    .boolean()
    .optional()
    .describe(
      'Whether seed data are written. Default: true for the first of a path of several, else false. Never in production.',
    ),
  variables: z
    .record(serviceName, z.record(variableName, plainValue))
    .default({})
    .describe('By service: other values here for variables that plumbline.yaml gives it.'),
  thresholds: describedThresholds
    .default({})
    .describe(
      "By metric of specification 8.2: other levels or windows of this environment's monitors. Rollouts are judged as `verdict` says.",
    ),
  infrastructure: describedInfrastructure.prefault({}).describe('Where the cloud has it, and how large.'),
  local: local.default({}).describe('What is otherwise when the environment runs on one machine.'),
});
export type Environment = z.output<typeof environment>;
