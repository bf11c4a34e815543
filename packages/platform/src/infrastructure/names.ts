import type { EnvironmentName, ServiceName, StoreName } from '@plumbline/contract/names';
import type { Description } from '../environments/description.ts';
import type { Environment } from '../environments/environment.ts';
import { namedEntries } from '../environments/named.ts';

/** What one environment is called wherever a name of it is needed: nothing else makes such a name. */
export interface Names {
  /** As deliveries and GitHub call it. */
  readonly environment: EnvironmentName;
  /** Within the names of things at the cloud. */
  readonly short: string;
  /** Of terraform/environments/. */
  readonly folder: string;
  /** 12 digits; `unknownAccount` where the description has none. */
  readonly account: string;
  readonly region: string;
  /** Of the cluster, and of what there is once in an environment: `connect2-prod`. */
  readonly cluster: string;
  /** In the cluster. */
  readonly namespace: string;
  /** Null: the app has no domain. */
  readonly domain: string | null;
  /** Of Terraform's state: one for each account (E2-5). */
  readonly stateBucket: string;
  readonly stateKey: string;
  /** Of what runs in the cluster beside the app, whose state is its own. */
  readonly addonsStateKey: string;
  /** Of the monitors, whose provider is another than the cloud. */
  readonly monitorsStateKey: string;
  /** By postgres store: the database's name in PostgreSQL. */
  readonly databases: Readonly<Record<StoreName, string>>;
  /** By postgres and redis store: its identifier at the cloud. */
  readonly instances: Readonly<Record<StoreName, string>>;
  /** By bucket store. Names of buckets are one namespace for the whole world, hence the account. */
  readonly buckets: Readonly<Record<StoreName, string>>;
  /** Of secrets, with the slash: `connect2/production/` and the name of `secret://NAME`. */
  readonly secretsPrefix: string;
  /** By service: `connect2-backend`, for its Deployments, Service, account and repository of images. */
  readonly workloads: Readonly<Record<ServiceName, string>>;
  /** By service: the image without tag or digest. */
  readonly images: Readonly<Record<ServiceName, string>>;
}

/** Stands where an environment has no account yet: AWS never gives this one, and Terraform refuses it. */
export const unknownAccount = '000000000000';

/** Where the specification has all of it (2.1). */
export const defaultRegion = 'us-west-2';

/** Environments whose folder or short name at the cloud is not their own name (specification 3.1, 4.1; E0-2). */
const others: Readonly<Record<string, { readonly folder: string; readonly short: string }>> = {
  development: { folder: 'dev', short: 'dev' },
  production: { folder: 'production', short: 'prod' },
};

/** The table of names: one row for an environment. */
export const namesOf = (
  app: Description,
  { environment, infrastructure }: Environment,
  hosts: readonly string[],
): Names => {
  const { folder, short } = others[environment] ?? { folder: environment, short: environment };
  const account = infrastructure.account ?? unknownAccount;
  const region = infrastructure.region ?? defaultRegion;
  const cluster = `${app.app}-${short}`;
  const stores = storesBy(app);
  return {
    environment,
    short,
    folder,
    account,
    region,
    cluster,
    namespace: environment,
    domain: hosts[0] ?? null,
    stateBucket: `${cluster}-terraform-state-${account}`,
    stateKey: `${folder}/terraform.tfstate`,
    addonsStateKey: `${folder}/addons/terraform.tfstate`,
    monitorsStateKey: `${folder}/monitors/terraform.tfstate`,
    databases: named(stores.postgres, (store, isOnly) => {
      const base = (infrastructure.database.name ?? cluster).replaceAll('-', '_');
      return isOnly ? base : `${base}_${store.replaceAll('-', '_')}`;
    }),
    instances: {
      ...named(stores.postgres, (store, isOnly) => (isOnly ? cluster : `${cluster}-${store}`)),
      ...named(stores.redis, (store, isOnly) => (isOnly ? cluster : `${cluster}-${store}`)),
    },
    buckets: named(stores.bucket, (store) => `${cluster}-${store}-${account}`),
    secretsPrefix: `${app.app}/${environment}/`,
    workloads: ofServices(app, (service) => `${app.app}-${service}`),
    images: ofServices(
      app,
      (service) => `${registryOf(app, infrastructure.registry, account, region)}/${app.app}-${service}`,
    ),
  };
};

type StoreKind = Description['stores'][StoreName]['kind'];

const storesBy = ({ stores }: Description): Readonly<Record<StoreKind, readonly StoreName[]>> => {
  const of = (kind: StoreKind) => namedEntries(stores).flatMap(([name, store]) => (store.kind === kind ? [name] : []));
  return { postgres: of('postgres'), redis: of('redis'), bucket: of('bucket') };
};

const named = (
  stores: readonly StoreName[],
  name: (store: StoreName, isOnly: boolean) => string,
): Readonly<Record<StoreName, string>> =>
  Object.fromEntries(stores.map((store) => [store, name(store, stores.length === 1)]));

const ofServices = (app: Description, name: (service: ServiceName) => string): Readonly<Record<ServiceName, string>> =>
  Object.fromEntries(namedEntries(app.services).map(([service]) => [service, name(service)]));

/** Where images are. Registries take lower case alone (E3-6). */
const registryOf = (app: Description, registry: 'ecr' | 'ghcr' | undefined, account: string, region: string): string =>
  registry === 'ghcr' ? `ghcr.io/${ownerOf(app).toLowerCase()}` : `${account}.dkr.ecr.${region}.amazonaws.com`;

const ownerOf = ({ repository, app }: Description): string => repository?.split('/')[0] ?? app;
