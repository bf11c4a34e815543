import type { ServiceName } from '@plumbline/contract/names';
import type { Description } from '../environments/description.ts';
import { durationMs } from '../environments/duration.ts';
import type { Environment } from '../environments/environment.ts';
import type { DescribedInfrastructure } from '../environments/infrastructure.ts';
import { isFirst, isLast } from '../environments/order.ts';
import type { Settings } from '../environments/settings.ts';
import { memoryBytes } from '../environments/sizes.ts';
import { type Thresholds, thresholdsOf } from '../environments/thresholds.ts';
import type { Day } from '../freezes/window.ts';
import { type Load, leastRoom, loadOf, nodesNeeded } from './capacity.ts';
import { defaultRegion } from './names.ts';

/** What the cloud is to have for an environment, with every default applied. */
export interface Infrastructure {
  /** Null: nobody said which, and the region has no known neighbour. */
  readonly copiesRegion: string | null;
  readonly network: { readonly cidr: string; readonly zones: number; readonly nat: 'one' | 'each_zone' };
  readonly cluster: {
    readonly version: string;
    readonly nodes: { readonly instanceTypes: readonly string[]; readonly min: number; readonly max: number };
    /** Empty: its API is private. */
    readonly publicAccessCidrs: readonly string[];
  };
  /** Of every postgres store. */
  readonly database: {
    readonly user: string;
    readonly storageGib: number;
    readonly maxStorageGib: number;
    /** UTC, `10:00-11:00`. */
    readonly backupWindow: string;
    /** UTC, `sun:12:00-sun:13:00`. */
    readonly maintenanceWindow: string;
    /** Connections of one replica. */
    readonly pool: number;
    /** Connections for everything else. */
    readonly reserve: number;
  };
  /** Of every redis store. `nodes` null: two where the store is multi_az, else one. */
  readonly cache: {
    readonly engine: 'valkey' | 'redis';
    readonly version: string;
    readonly nodes: number | null;
    readonly snapshotDays: number;
    /** UTC, `08:30-09:30`. */
    readonly snapshotWindow: string;
    readonly maintenanceWindow: string;
  };
  readonly routing: 'gateway' | 'istio' | 'ingress';
  /** Of one address. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number };
  readonly bodyLimitBytes: number;
  readonly scaling: {
    readonly by: 'hpa' | 'keda';
    /** Of the CPU request. */
    readonly cpuPercent: number;
    readonly schedule: Schedule | null;
  };
  readonly logs: {
    readonly retentionDays: number;
    readonly archiveDays: number;
    readonly search: boolean;
  };
  readonly budget: { readonly monthlyUsd: number; readonly tell: readonly string[] };
  readonly registry: 'ecr' | 'ghcr';
}

/** Hours in which there are never fewer than so many replicas of each service. */
export interface Schedule {
  readonly days: readonly Day[];
  /** `08:00` of the zone's clock. */
  readonly from: string;
  readonly until: string;
  readonly zone: string;
  readonly replicas: number;
}

/** What an environment's `infrastructure` comes to. Defaults follow its position on the path, never its name. */
export const infrastructureOf = (app: Description, one: Environment, settings: Settings): Infrastructure => {
  const { infrastructure: written } = one;
  const position = positionOf(app, one);
  const database = databaseOf(app, written.database, position);
  return {
    copiesRegion: written.copies_region ?? neighbourOf(written.region ?? defaultRegion),
    network: {
      cidr: written.network.cidr ?? `10.${stepsBelowLast(app, one)}.0.0/16`,
      zones: written.network.zones ?? 3,
      nat: written.network.nat ?? (position === 'last' ? 'each_zone' : 'one'),
    },
    cluster: clusterOf(written.cluster, position, loadOf(app, one, settings, database.pool)),
    database,
    cache: cacheOf(written.cache, position),
    routing: written.routing ?? 'gateway',
    rateLimit: rateLimitOf(written.rate_limit),
    bodyLimitBytes: memoryBytes(written.body_limit ?? '10Mi'),
    scaling: scalingOf(written.scaling, thresholdsOf(one.thresholds)),
    logs: {
      retentionDays: wholeDays(written.logs.retention ?? retentions[position]),
      archiveDays: wholeDays(written.logs.archive ?? (position === 'last' ? '365 days' : '30 days')),
      search: written.logs.search === 'enabled',
    },
    budget: { monthlyUsd: written.budget.monthly_usd ?? budgets[position], tell: written.budget.tell },
    registry: written.registry ?? 'ecr',
  };
};

type Position = 'first' | 'between' | 'last';

const positionOf = ({ path }: Description, { environment }: Environment): Position => {
  if (isLast(path, environment)) return 'last';
  return isFirst(path, environment) ? 'first' : 'between';
};

/** 0 for the last of the path. One that is on no path comes after all that are. */
const stepsBelowLast = ({ path }: Description, { environment }: Environment): number =>
  path.length - 1 - path.indexOf(environment);

/** The other region to keep copies in: of the same jurisdiction, and hundreds of kilometres away. */
const neighbours: Readonly<Record<string, string>> = {
  'us-west-2': 'us-east-2',
  'us-west-1': 'us-east-2',
  'us-east-1': 'us-west-2',
  'us-east-2': 'us-west-2',
  'ca-central-1': 'ca-west-1',
  'eu-west-1': 'eu-central-1',
  'eu-central-1': 'eu-west-1',
  'eu-north-1': 'eu-west-1',
  'ap-northeast-1': 'ap-northeast-3',
  'ap-southeast-2': 'ap-southeast-4',
};
const neighbourOf = (region: string): string | null => neighbours[region] ?? null;

/** What is tried before larger ones, of the kind that is not burstable. */
const machines: Readonly<Record<Position, string>> = { first: 't4g.large', between: 'm7g.large', last: 'm7g.xlarge' };
const larger = ['m7g.xlarge', 'm7g.2xlarge', 'm7g.4xlarge', 'm7g.8xlarge'] as const;

/** The smallest machine that can hold a replica of each service. */
const machineFor = (position: Position, loads: Readonly<Record<ServiceName, Load>>): string => {
  const fits = (type: string) => {
    const room = leastRoom([type]);
    return room !== undefined && Number.isFinite(nodesNeeded(loads, room));
  };
  return [machines[position], ...larger].find(fits) ?? larger[3];
};

/** As the error of a cluster says it, machines of unknown size need what the environment says. */
const nodesOfUnknownMachines = 10;

const clusterOf = (
  written: DescribedInfrastructure['cluster'],
  position: Position,
  loads: Readonly<Record<ServiceName, Load>>,
): Infrastructure['cluster'] => {
  const instanceTypes = written.nodes.instance_types ?? [machineFor(position, loads)];
  const min = written.nodes.min ?? (position === 'last' ? 3 : 2);
  const room = leastRoom(instanceTypes);
  const needed = room ? nodesNeeded(loads, room) : Number.POSITIVE_INFINITY;
  const most = Number.isFinite(needed) ? needed + 1 : nodesOfUnknownMachines;
  return {
    version: written.version ?? '1.36',
    nodes: { instanceTypes, min, max: written.nodes.max ?? Math.max(min, most) },
    publicAccessCidrs: written.public_access_cidrs ?? [],
  };
};

const databaseOf = (
  { app }: Description,
  written: DescribedInfrastructure['database'],
  position: Position,
): Infrastructure['database'] => {
  const storageGib = wholeGib(written.storage ?? (position === 'last' ? '100Gi' : '20Gi'));
  return {
    user: written.user ?? `${app.replaceAll('-', '_')}_admin`,
    storageGib,
    maxStorageGib: written.max_storage === undefined ? 5 * storageGib : wholeGib(written.max_storage),
    // 2 to 4 in the morning at the Pacific, whatever its summer does (E4-16).
    backupWindow: written.backup_window ?? '10:00-11:00',
    maintenanceWindow: written.maintenance_window ?? 'sun:12:00-sun:13:00',
    pool: written.pool ?? 10,
    reserve: written.reserve ?? 15,
  };
};

const cacheVersions = { valkey: '8.2', redis: '7.1' } as const;

const cacheOf = (written: DescribedInfrastructure['cache'], position: Position): Infrastructure['cache'] => {
  const engine = written.engine ?? 'valkey';
  return {
    engine,
    version: written.version ?? cacheVersions[engine],
    nodes: written.nodes ?? null,
    snapshotDays: wholeDays(written.snapshots ?? (position === 'last' ? '7 days' : '1 day')),
    snapshotWindow: written.snapshot_window ?? '08:30-09:30',
    maintenanceWindow: written.maintenance_window ?? 'sun:13:30-sun:14:30',
  };
};

const rateLimitOf = (written: DescribedInfrastructure['rate_limit']): Infrastructure['rateLimit'] => {
  const perSecond = written.per_second ?? 100;
  return { perSecond, burst: written.burst ?? 2 * perSecond };
};

/** Scaling begins before CPU usage warns, or it would warn whenever replicas are added (E8-6). */
const scalingOf = (written: DescribedInfrastructure['scaling'], thresholds: Thresholds): Infrastructure['scaling'] => ({
  by: written.by ?? (written.schedule ? 'keda' : 'hpa'),
  cpuPercent: written.cpu_percent ?? Math.max(10, (thresholds['cpu-usage'].warning ?? 100) - 10),
  schedule: written.schedule ?? null,
});

/** Specification 8.3: 30 days for production, 7 for development; staging, which it leaves out, between them (E8-10). */
const retentions: Readonly<Record<Position, string>> = { first: '7 days', between: '14 days', last: '30 days' };

const budgets: Readonly<Record<Position, number>> = { first: 400, between: 1000, last: 5000 };

const dayMs = 86_400_000;
const wholeDays = (written: string | 0): number => Math.ceil(durationMs(written) / dayMs);

const wholeGib = (written: string): number => Math.ceil(memoryBytes(written) / 1024 ** 3);
