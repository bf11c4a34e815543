import type { ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { Place } from '../renderer.ts';

/** The label that tells the two slots apart: a selector without it would mix their pods (E5-15). */
export const slotLabel = 'plumbline/slot';

/** The annotation of a pod that says which release it runs; the deploying engine writes it with the image's digest. */
export const releaseAnnotation = 'plumbline/release';

type Labels = Readonly<Record<string, string>>;

/** What every object of the app carries. */
export const appLabels = ({ description, names }: Place): Labels => ({
  'app.kubernetes.io/part-of': description.app,
  'app.kubernetes.io/managed-by': 'plumbline',
  'plumbline/environment': names.environment,
});

/** By which the pods of a service are found, those of both slots. */
export const serviceSelector = ({ names }: Place, service: ServiceName): Labels => ({
  'app.kubernetes.io/name': workloadOf(names, service),
  'app.kubernetes.io/component': service,
});

/** By which the pods of one slot are found. It is immutable in a Deployment, so nothing else belongs here. */
export const slotSelector = (place: Place, service: ServiceName, slot: Slot): Labels => ({
  ...serviceSelector(place, service),
  [slotLabel]: slot,
});

export const serviceLabels = (place: Place, service: ServiceName): Labels => ({
  ...serviceSelector(place, service),
  ...appLabels(place),
});

export const slotLabels = (place: Place, service: ServiceName, slot: Slot): Labels => ({
  ...slotSelector(place, service, slot),
  ...appLabels(place),
});

/** `connect2-backend`. */
export const workloadOf = ({ workloads }: Place['names'], service: ServiceName): string =>
  workloads[service] ?? service;

/** `connect2-backend-blue`: the Deployment, Service, autoscaler and budget of one slot. */
export const slotName = ({ names }: Place, service: ServiceName, slot: Slot): string =>
  `${workloadOf(names, service)}-${slot}`;
