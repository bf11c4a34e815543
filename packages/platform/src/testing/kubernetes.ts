import { filesIn, loadDescription } from '../environments/read.ts';
import type { Infrastructure } from '../infrastructure/infrastructure.ts';
import { migrationFiles, standingFiles } from '../infrastructure/kubernetes/files.ts';
import type { Manifest } from '../infrastructure/kubernetes/manifest.ts';
import { placesOf } from '../infrastructure/places.ts';
import type { Place } from '../infrastructure/renderer.ts';
import { appYaml, described, environments } from './descriptions.ts';

/** Everything that is rendered for an environment. */
export const allManifests = (place: Place): readonly Manifest[] =>
  [...standingFiles(place), ...migrationFiles(place)].flatMap(({ objects }) => objects);

/** Connect 2.0, as it is committed. */
export const connect2Places = async (): Promise<readonly Place[]> =>
  placesOf(await loadDescription(filesIn(new URL('../../../..', import.meta.url).pathname)));

/** One environment of a small description, with more lines for its file. */
export const smallPlace = async (environment: string, more = ''): Promise<Place> => {
  const file = `environments/${environment}.yaml`;
  return placeIn({ 'plumbline.yaml': appYaml, ...environments, [file]: `${environments[file]}${more}` }, environment);
};

/** An environment of which only its name is said, of another app. */
export const placeOf = async (app: string, environment: string): Promise<Place> =>
  placeIn(
    {
      'plumbline.yaml': app,
      ...Object.fromEntries(
        ['development', 'staging', 'production'].map((name) => [`environments/${name}.yaml`, `environment: ${name}\n`]),
      ),
    },
    environment,
  );

const placeIn = async (files: Readonly<Record<string, string>>, environment: string): Promise<Place> => {
  const place = placesOf(await loadDescription(described(files))).find(
    ({ names }) => names.environment === environment,
  );
  if (!place) throw new Error(`no environment ${environment}`);
  return place;
};

export const withRouting = (place: Place, routing: Infrastructure['routing']): Place => ({
  ...place,
  infrastructure: { ...place.infrastructure, routing },
});

export const withKeda = (place: Place): Place => ({
  ...place,
  infrastructure: {
    ...place.infrastructure,
    scaling: {
      by: 'keda',
      cpuPercent: 60,
      schedule: {
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        from: '08:00',
        until: '18:00',
        zone: 'America/Los_Angeles',
        replicas: place.settings.scaling?.max ?? 1,
      },
    },
  },
});

/** Connect 2.0's environments by each router, and by KEDA as well. */
export const everyPlace = async (): Promise<readonly Place[]> =>
  (await connect2Places()).flatMap((place) => [
    ...(['gateway', 'istio', 'ingress'] as const).map((routing) => withRouting(place, routing)),
    withKeda(place),
  ]);
