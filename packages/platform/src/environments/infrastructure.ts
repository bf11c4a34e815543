import { z } from 'zod';
import { days } from '../freezes/window.ts';
import { duration } from './duration.ts';
import { memory } from './sizes.ts';

const onOff = z.enum(['enabled', 'disabled']);
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, like us-west-2');
const addresses = z.cidrv4({ error: 'must be addresses and a length, like 10.0.0.0/16' });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time from 00:00 to 23:59, in quotes');
const clockRange = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'must be two times of UTC, like 10:00-11:00');
const weekRange = z
  .string()
  .regex(
    /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/,
    'must be days and times of UTC, like sun:12:00-sun:13:00',
  );
const version = z.string().regex(/^\d+(\.\d+)?$/, 'must be a version in quotes, like "1.36"');

const network = z.strictObject({
  cidr: addresses
    .optional()
    .describe(
      'Addresses of the network; no two environments may share any. Default by position on the path: 10.0.0.0/16 for the last, 10.1.0.0/16 for the one before it, and so on.',
    ),
  zones: z.int().min(2).max(3).optional().describe('Availability zones it spans. Default: 3.'),
  nat: z
    .enum(['one', 'each_zone'])
    .optional()
    .describe('Ways out to the internet. Default: each_zone for the last environment of the path, else one.'),
});

const nodes = z.strictObject({
  instance_types: z
    .array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be a machine, like m7g.xlarge'))
    .min(1)
    .optional()
    .describe(
      'Machines that a node may be, the first by preference. Default by position on the path: t4g.large for the first of several, m7g.xlarge for the last, m7g.large between; a larger one where a replica needs it.',
    ),
  min: z.int().min(1).max(500).optional().describe('Never fewer. Default: 3 for the last of the path, else 2.'),
  max: z
    .int()
    .min(1)
    .max(500)
    .optional()
    .describe('Never more. Default: what all replicas at their most need, and one to spare.'),
});

const cluster = z.strictObject({
  version: version.optional().describe('Minor version of Kubernetes. Default: "1.36".'),
  nodes: nodes.prefault({}).describe('The machines it runs on.'),
  public_access_cidrs: z
    .array(addresses)
    .optional()
    .describe('From where its API can be reached over the internet. Default: nowhere, only from inside the network.'),
});

const database = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and _')
    .optional()
    .describe('Name of the database. Default: the app and the short name of the environment, like `connect2_prod`.'),
  user: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and _')
    .refine((name) => name !== 'admin' && name !== 'rdsadmin', 'must not be a name that RDS keeps for itself')
    .optional()
    .describe('Its owner at the cloud, whom the app does not log in as. Default: the app and `_admin`.'),
  storage: memory.optional().describe('Disk at first. Default: 100Gi for the last environment of the path, else 20Gi.'),
  max_storage: memory.optional().describe('How far the disk grows by itself. Default: five times `storage`.'),
  backup_window: clockRange.optional().describe('When backups are made, UTC. Default: 10:00-11:00.'),
  maintenance_window: weekRange
    .optional()
    .describe('When the cloud may change it, UTC; apart from `backup_window`. Default: sun:12:00-sun:13:00.'),
  pool: z.int().min(1).max(500).optional().describe('Connections that a replica may hold at most. Default: 10.'),
  reserve: z
    .int()
    .min(3)
    .max(500)
    .optional()
    .describe('Connections kept for the cloud, migrations, monitors and people. Default: 15.'),
});

const cache = z.strictObject({
  engine: z.enum(['valkey', 'redis']).optional().describe('Default: valkey.'),
  version: version.optional().describe('Default: "8.2" of valkey, "7.1" of redis.'),
  nodes: z
    .int()
    .min(1)
    .max(6)
    .optional()
    .describe('The primary and its replicas. Default: 2 where the store is multi_az, else 1.'),
  snapshots: duration
    .optional()
    .describe('How long its snapshots are kept. Default: 7 days for the last environment of the path, else 1 day.'),
  snapshot_window: clockRange.optional().describe('When they are made, UTC. Default: 08:30-09:30.'),
  maintenance_window: weekRange
    .optional()
    .describe('When the cloud may change it, UTC. Default: sun:13:30-sun:14:30, after the database.'),
});

const schedule = z.strictObject({
  days: z.array(z.enum(days)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']).describe('Default: mon to fri.'),
  from: clock.describe('From when on these days.'),
  until: clock.describe('Until when.'),
  zone: z.string().describe('Whose clock that is, like America/Los_Angeles or UTC.'),
  replicas: z.int().min(1).max(100).describe('Never fewer replicas of each service in that time.'),
});

const scaling = z.strictObject({
  by: z
    .enum(['hpa', 'keda'])
    .optional()
    .describe('What changes the number of replicas. Default: keda where there is a schedule, else hpa.'),
  cpu_percent: z
    .int()
    .min(10)
    .max(95)
    .optional()
    .describe(
      'Of the CPU set aside, what replicas should use on average. Default: 10 below the level at which CPU usage warns.',
    ),
  schedule: schedule.optional().describe('More replicas at certain hours, by keda. Default: none.'),
});

const rateLimit = z.strictObject({
  per_second: z.int().min(1).optional().describe('Requests a second of one address. Default: 100.'),
  burst: z.int().min(1).optional().describe('How many may come at once. Default: twice `per_second`.'),
});

const logs = z.strictObject({
  retention: duration
    .optional()
    .describe(
      'How long they can be searched. Default by position on the path: 7 days for the first of several, 30 days for the last, 14 days between.',
    ),
  archive: duration
    .optional()
    .describe('How long they are kept in a bucket. Default: 365 days for the last of the path, else 30 days.'),
  search: onOff.optional().describe('OpenSearch with dashboards, which costs. Default: disabled.'),
});

const budget = z.strictObject({
  monthly_usd: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Of the whole environment. Default by position on the path: 400 for the first of several, 5000 for the last, 1000 between.',
    ),
  tell: z.array(z.email()).default([]).describe('Who hears of alarms, and of a budget that is being overspent.'),
});

/** `infrastructure` of environments/NAME.yaml: what the cloud needs to know and nothing else does. */
export const describedInfrastructure = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits, in quotes')
    .optional()
    .describe('Account of the cloud: each environment should have its own.'),
  region: region.optional().describe('Region of the cloud. Default: us-west-2.'),
  copies_region: region
    .optional()
    .describe("Where copies of backups go with disaster_recovery. Default: another region of the same continent's."),
  network: network.prefault({}).describe('The network that everything is in.'),
  cluster: cluster.prefault({}).describe('The Kubernetes cluster.'),
  database: database.prefault({}).describe('Every postgres store, beside its `resources`.'),
  cache: cache.prefault({}).describe('Every redis store, beside its `resources`.'),
  routing: z
    .enum(['gateway', 'istio', 'ingress'])
    .optional()
    .describe(
      'What brings requests to the services: Gateway API routes, a VirtualService of Istio, or an Ingress. Default: gateway.',
    ),
  rate_limit: rateLimit.prefault({}).describe('More requests than these are answered with 429.'),
  body_limit: memory.optional().describe('The largest request that is let through. Default: 10Mi.'),
  scaling: scaling.prefault({}).describe('With auto_scaling: how replicas follow the load.'),
  logs: logs.prefault({}).describe("What the services' log lines, and the cluster's own, are kept for."),
  budget: budget.prefault({}).describe('What it may cost.'),
  registry: z
    .enum(['ecr', 'ghcr'])
    .optional()
    .describe("Where images are: the account's own registry, or GitHub's. Default: ecr."),
});
export type DescribedInfrastructure = z.output<typeof describedInfrastructure>;
