import type { ServiceName } from '@plumbline/contract/names';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { Service } from '../../environments/service.ts';
import { databasesOf, variableOf } from '../../environments/stores.ts';
import type { Place } from '../renderer.ts';
import { resourcesOf } from '../resources.ts';
import { releaseAnnotation, workloadOf } from './labels.ts';
import { containerPort } from './ports.ts';
import { secretEntries } from './secret-entries.ts';

/** Everything that a service is told by its environment; what is written later wins, as on a laptop. */
export const variablesOf = (place: Place, service: ServiceName, described: Service): IEnvVar[] => {
  const written = { ...described.variables, ...place.settings.variables[service] };
  const plain = {
    ...ofTheRun(place, service),
    ...ofNode(place, service, described),
    ...ofStores(place, described),
    ...Object.fromEntries(Object.entries(written).map(([name, value]) => [name, String(value)])),
  };
  return [
    ...ofTheRelease(),
    { name: 'DD_AGENT_HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...secretEntries(place, service).map(({ variable, key }) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name: workloadOf(place.names, service), key } },
    })),
  ];
};

/** The release is not in the manifest: the engine writes it beside the image's digest, and the pod reads it from there. */
const ofTheRelease = (): IEnvVar[] =>
  ['PLUMBLINE_RELEASE', 'APP_VERSION', 'DD_VERSION'].map((name) => ({
    name,
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${releaseAnnotation}']` } },
  }));

/** NODE_ENV says how libraries run; which environment it is, is said by others (E5-1, E8-5). */
const ofTheRun = ({ names }: Place, service: ServiceName): Readonly<Record<string, string>> => ({
  NODE_ENV: 'production',
  PORT: String(containerPort),
  APP_ENV: names.environment,
  PLUMBLINE_ENVIRONMENT: names.environment,
  PLUMBLINE_SERVICE: service,
  DD_ENV: names.environment,
  DD_SERVICE: workloadOf(names, service),
});

/** Of the memory limit, what V8's heap may grow to; the rest is for buffers, code and stacks (E5-9). */
const heapShare = 0.75;
const mebibyte = 1024 ** 2;

const ofNode = (place: Place, service: ServiceName, { start }: Service): Readonly<Record<string, string>> => {
  if (start[0] !== 'node') return {};
  const heapMib = Math.floor((resourcesOf(place, service).memoryLimitBytes * heapShare) / mebibyte);
  return { NODE_OPTIONS: `--max-old-space-size=${heapMib}` };
};

const ofStores = (
  { description, names, infrastructure }: Place,
  described: Service,
): Readonly<Record<string, string>> => {
  const buckets = described.needs.flatMap((name) => {
    const store = description.stores[name];
    return store?.kind === 'bucket' ? [[variableOf(name, store), `s3://${names.buckets[name]}`]] : [];
  });
  const pool =
    databasesOf(description, described).length > 0 ? [['DB_POOL_MAX', `${infrastructure.database.pool}`]] : [];
  const region = buckets.length > 0 ? [['AWS_REGION', names.region]] : [];
  return Object.fromEntries([...buckets, ...region, ...pool]);
};
