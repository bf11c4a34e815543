import type { StoreName } from '@plumbline/contract/names';
import { namedEntries } from '../../environments/named.ts';
import { isLast } from '../../environments/order.ts';
import { neededSecrets } from '../../environments/secrets.ts';
import type { Store } from '../../environments/service.ts';
import { jsonText } from '../../kernel/json-text.ts';
import { type Load, leastRoom, loadOf, maxConnectionsOf, slots, surge } from '../capacity.ts';
import type { Place, Renderer } from '../renderer.ts';
import { machineOf } from '../store-machine.ts';

/** The variables of terraform/environments/FOLDER, which Terraform reads by itself because of the file's name. */
export const tfvars: Renderer = (places) =>
  places.map((place) => ({
    path: `terraform/environments/${place.names.folder}/plumbline.auto.tfvars.json`,
    content: jsonText(variablesOf(place)),
  }));

const variablesOf = (place: Place) => {
  const { description, environment, infrastructure, names, settings } = place;
  return {
    app: description.app,
    environment: names.environment,
    account: names.account,
    region: names.region,
    copies_region: settings.disasterRecovery ? infrastructure.copiesRegion : null,
    protected: isProtected(place),
    domain: names.domain,
    // Null, where nobody said which, ends the plan: a made-up owner could be somebody.
    repository: description.repository ?? null,
    state_bucket: names.stateBucket,
    network: infrastructure.network,
    cluster: clusterOf(place),
    workload: {
      slots,
      surge,
      services: Object.fromEntries(
        Object.entries<Load>(loadOf(description, environment, settings, infrastructure.database.pool)).map(
          ([service, { maxReplicas, cpuMillis, memoryMib, connections }]) => [
            service,
            { max_replicas: maxReplicas, cpu_millicores: cpuMillis, memory_mib: memoryMib, pool: connections },
          ],
        ),
      ),
    },
    database: databaseOf(place),
    cache: cacheOf(place),
    documents: documentsOf(place),
    secrets: { prefix: names.secretsPrefix.replace(/\/$/, ''), names: secretsOf(place) },
    registry: { repositories: infrastructure.registry === 'ecr' ? Object.values(names.workloads) : [] },
    logs: { retention_days: infrastructure.logs.retentionDays, archive_days: infrastructure.logs.archiveDays },
    search: { enabled: infrastructure.logs.search },
    budget: { monthly_usd: infrastructure.budget.monthlyUsd, tell: infrastructure.budget.tell },
  };
};

/** What users' data lie in: the last of the path. */
const isProtected = ({ description, names }: Place): boolean => isLast(description.path, names.environment);

const clusterOf = ({ infrastructure: { cluster }, names }: Place) => {
  const room = leastRoom(cluster.nodes.instanceTypes);
  return {
    name: names.cluster,
    version: cluster.version,
    instance_types: cluster.nodes.instanceTypes,
    min: cluster.nodes.min,
    max: cluster.nodes.max,
    node: room && { cpu_millicores: room.cpuMillis, memory_mib: room.memoryMib, pods: room.pods },
    public_access_cidrs: cluster.publicAccessCidrs,
  };
};

/** The store of a kind, of which the cloud's modules have room for one; `checkCloud` refuses a second. */
const only = ({ description }: Place, kind: Store['kind']): readonly [StoreName, Store] | undefined =>
  namedEntries(description.stores).find(([, store]) => store.kind === kind);

const dayMs = 86_400_000;
const retentionDays = ({ settings }: Place): number => Math.ceil(settings.backupRetentionMs / dayMs);

/** The major of RDS where the description names none: the one that is embedded on laptops. */
const postgresMajor = 15;

const databaseOf = (place: Place) => {
  const [name, store] = only(place, 'postgres') ?? [];
  if (!name || !store) return null;
  const { database } = place.infrastructure;
  const { instanceType, multiAz } = machineOf(place, name);
  return {
    identifier: place.names.instances[name],
    name: place.names.databases[name],
    username: database.user,
    engine_version: String(store.version ?? postgresMajor),
    instance_class: instanceType,
    storage_gib: database.storageGib,
    max_storage_gib: database.maxStorageGib,
    multi_az: multiAz,
    backup_retention_days: retentionDays(place),
    backup_window: database.backupWindow,
    maintenance_window: database.maintenanceWindow,
    max_connections: maxConnectionsOf(instanceType),
    reserve: database.reserve,
  };
};

const cacheOf = (place: Place) => {
  const [name] = only(place, 'redis') ?? [];
  if (!name) return null;
  const { cache } = place.infrastructure;
  const { instanceType, multiAz } = machineOf(place, name);
  return {
    name: place.names.instances[name],
    engine: cache.engine,
    engine_version: cache.version,
    node_type: instanceType,
    nodes: cache.nodes ?? (multiAz ? 2 : 1),
    snapshot_retention_days: cache.snapshotDays,
    snapshot_window: cache.snapshotWindow,
    maintenance_window: cache.maintenanceWindow,
  };
};

const documentsOf = (place: Place) => {
  const [name] = only(place, 'bucket') ?? [];
  if (!name) return null;
  const users = namedEntries(place.description.services).filter(([, { needs }]) => needs.includes(name));
  return {
    bucket: place.names.buckets[name],
    // What may be restored from a backup has its documents as long; where nothing is lost for good, a day tries it out.
    lock_days: isProtected(place) ? retentionDays(place) : 1,
    service_accounts: users.map(([service]) => place.names.workloads[service]),
  };
};

/** The key of the monitoring agent, which every cluster runs. */
const agentSecret = 'datadog';

const secretsOf = ({ description }: Place): readonly string[] => [
  ...neededSecrets(description).map(({ name }) => name),
  agentSecret,
];
