import type { Digest, ReleaseId, ServiceName } from '@plumbline/contract/names';
import { type Slot, slots } from '@plumbline/contract/shape';
import { namedEntries } from '../../environments/named.ts';
import type { Place, RenderedFile } from '../renderer.ts';
import { migrationImage, slotImage } from './images.ts';
import { kustomizationOf } from './kustomization.ts';
import { releaseAnnotation, slotName } from './labels.ts';
import { yamlOf } from './manifest.ts';

/** A release as the cluster needs it: the digest of each service's image. */
export interface ReleasedImages {
  readonly release: ReleaseId;
  readonly digests: Readonly<Record<ServiceName, Digest>>;
}

/** What a slot holds; null: nothing. */
export type HeldSlots = Readonly<
  Record<Slot, (ReleasedImages & { readonly replicas: Readonly<Record<ServiceName, number>> }) | null>
>;

/**
 * The state that the committed manifests leave out, as a kustomize overlay over their folder (`base`, from the overlay's
 * own): each slot's digests, its release, and its replicas. `migrating` is the release whose migrations are to run. What
 * git holds and what runs differ in this file alone. An autoscaler's replicas are given as well: it goes on from there.
 */
export const releaseOverlay = (
  place: Place,
  held: HeldSlots,
  migrating: ReleasedImages | null,
  base: string,
): readonly RenderedFile[] => {
  const services = namedEntries(place.description.services).map(([name]) => name);
  const standing = {
    ...kustomizationOf([base]),
    images: slots.flatMap((slot) => services.flatMap((service) => imageOf(place, service, slot, held[slot]))),
    replicas: slots.flatMap((slot) =>
      services.map((service) => ({
        name: slotName(place, service, slot),
        count: held[slot]?.replicas[service] ?? 0,
      })),
    ),
    patches: slots.flatMap((slot) => services.flatMap((service) => patchesOf(place, service, slot, held[slot]))),
  };
  return [
    { path: 'kustomization.yaml', content: yamlOf(header(place), [standing]) },
    ...(migrating ? migrationOverlay(place, migrating, base) : []),
  ];
};

const header = ({ names }: Place): string => `What the slots of ${names.environment} hold, by digest.`;

type Held = HeldSlots[Slot];

const imageOf = (place: Place, service: ServiceName, slot: Slot, held: Held) => {
  const digest = held?.digests[service];
  return digest === undefined
    ? []
    : [{ name: slotImage(place, service, slot), newName: place.names.images[service], digest }];
};

const patchesOf = (place: Place, service: ServiceName, slot: Slot, held: Held) => [
  ...(held ? [onDeployment(place, service, slot, annotate(held.release))] : []),
  ...(!held && pausesKeda(place) ? [pausing(place, service, slot)] : []),
];

const pausesKeda = ({ settings, infrastructure }: Place): boolean =>
  settings.scaling !== null && infrastructure.scaling.by === 'keda';

const annotate = (release: ReleaseId) => [
  { op: 'add', path: '/spec/template/metadata/annotations', value: { [releaseAnnotation]: release } },
];

const onDeployment = (place: Place, service: ServiceName, slot: Slot, operations: readonly object[]) => ({
  target: { group: 'apps', kind: 'Deployment', name: slotName(place, service, slot) },
  patch: JSON.stringify(operations),
});

/** KEDA would fill an empty slot to its minimum. */
const pausing = (place: Place, service: ServiceName, slot: Slot) => ({
  target: { group: 'keda.sh', kind: 'ScaledObject', name: slotName(place, service, slot) },
  patch: JSON.stringify([
    { op: 'add', path: '/metadata/annotations/autoscaling.keda.sh~1paused-replicas', value: '0' },
  ]),
});

/** Its name carries the release: a Job's template cannot change, and each release runs its own once. */
const migrationOverlay = (
  place: Place,
  { release, digests }: ReleasedImages,
  base: string,
): readonly RenderedFile[] => {
  const { migrations } = place.description;
  const digest = migrations && digests[migrations.service];
  if (!migrations || digest === undefined) return [];
  const content = {
    ...kustomizationOf([`../${base}/migration`]),
    nameSuffix: `-${release}`,
    images: [
      { name: migrationImage(place, migrations.service), newName: place.names.images[migrations.service], digest },
    ],
    patches: [
      {
        target: { group: 'batch', kind: 'Job' },
        patch: JSON.stringify(annotate(release)),
      },
    ],
  };
  return [{ path: 'migration/kustomization.yaml', content: yamlOf(header(place), [content]) }];
};
