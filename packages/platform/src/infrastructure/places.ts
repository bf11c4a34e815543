import { Failure } from '@plumbline/contract/failure';
import { suggestion } from '../environments/did-you-mean.ts';
import type { Described } from '../environments/read.ts';
import { settingsOf } from '../environments/settings.ts';
import { thresholdsOf } from '../environments/thresholds.ts';
import { infrastructureOf } from './infrastructure.ts';
import { namesOf } from './names.ts';
import type { Place } from './renderer.ts';

/** Every environment as the cloud is to have it, in the order of the path. */
export const placesOf = (described: Described): readonly Place[] =>
  described.environments.map((environment) => {
    const { description } = described;
    const settings = settingsOf(described, environment.environment, 'kubernetes');
    return {
      description,
      environment,
      settings,
      names: namesOf(description, environment, settings.hosts),
      infrastructure: infrastructureOf(description, environment, settings),
      thresholds: thresholdsOf(environment.thresholds),
    };
  });

/** The place of an environment. Throws `not-found` for one that is not described. */
export const placeNamed = (places: readonly Place[], name: string): Place => {
  const found = places.find(({ names }) => names.environment === name);
  if (found) return found;
  const known = places.map(({ names }) => names.environment);
  throw new Failure('not-found', `there is no environment "${name}"${suggestion(name, known)}`);
};
