import type { ServiceName } from '@plumbline/contract/names';
import { slots } from '@plumbline/contract/shape';
import { namedEntries } from '../../environments/named.ts';
import type { Service } from '../../environments/service.ts';
import type { Place } from '../renderer.ts';
import { admissionPolicies } from './admission.ts';
import { deployerRights } from './deployer.ts';
import { deploymentOf } from './deployment.ts';
import { budgetOf } from './disruption.ts';
import { externalSecrets } from './external-secrets.ts';
import type { Manifest } from './manifest.ts';
import { migrationJobs } from './migration-job.ts';
import { limitRangeOf, namespaceOf, quotaOf } from './namespace.ts';
import { networkPolicies } from './network-policies.ts';
import { priorityClasses } from './priority-classes.ts';
import { routers } from './routers/index.ts';
import { atRest, type Traffic } from './routers/traffic.ts';
import { scalersOf } from './scaler.ts';
import { serviceOf, slotServiceOf } from './service.ts';
import { serviceAccountOf } from './service-account.ts';

/** Objects of one file; the name is from the environment's folder. */
export interface ManifestFile {
  readonly name: string;
  readonly objects: readonly Manifest[];
}

/** What an environment has always, in the order in which it is applied. */
export const standingFiles = (place: Place, traffic: Traffic = atRest): readonly ManifestFile[] => {
  const router = routers[place.infrastructure.routing];
  const files: readonly ManifestFile[] = [
    { name: 'namespace.yaml', objects: [namespaceOf(place), quotaOf(place), limitRangeOf(place)] },
    { name: 'priority-classes.yaml', objects: priorityClasses(place) },
    { name: 'admission.yaml', objects: admissionPolicies(place) },
    { name: 'deployer.yaml', objects: deployerRights(place) },
    { name: 'external-secrets.yaml', objects: externalSecrets(place) },
    { name: 'network-policies.yaml', objects: networkPolicies(place) },
    ...namedEntries(place.description.services).map(([name, described]) => ({
      name: `${name}-deployment.yaml`,
      objects: ofService(place, name, described, traffic),
    })),
    { name: router.file, objects: place.names.domain === null ? [] : router.render(place, traffic) },
  ];
  return files.filter(({ objects }) => objects.length > 0);
};

/** What a release runs once before it gets a slot; apart, for applying it again would run nothing, and be refused. */
export const migrationFiles = (place: Place): readonly ManifestFile[] => {
  const objects = migrationJobs(place);
  return objects.length > 0 ? [{ name: 'migration/job.yaml', objects }] : [];
};

const ofService = (place: Place, name: ServiceName, described: Service, traffic: Traffic): readonly Manifest[] => [
  serviceAccountOf(place, name),
  ...slots.map((slot) => deploymentOf(place, name, described, slot)),
  ...slots.map((slot) => budgetOf(place, name, slot)),
  ...slots.flatMap((slot) => scalersOf(place, name, slot)),
  ...(described.route === undefined ? [] : servicesOf(place, name, traffic)),
];

const servicesOf = (place: Place, name: ServiceName, { stable }: Traffic): readonly Manifest[] => {
  const bySlot = slots.map((slot) => slotServiceOf(place, name, slot));
  const { service } = routers[place.infrastructure.routing];
  switch (service) {
    case 'none':
      return bySlot;
    case 'both slots':
      return [...bySlot, serviceOf(place, name, null)];
    case 'the stable slot':
      return [...bySlot, serviceOf(place, name, stable)];
    default:
      return service satisfies never;
  }
};
