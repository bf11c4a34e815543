import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { World } from '../world.ts';
import { releasesOf } from './release-table.ts';

/** The newest release that has been verified in the environment below, or the newest of all for the first of the path. */
export const chosenFor = async (world: World, environment: EnvironmentName): Promise<ReleaseId> => {
  const { path } = (await world.described()).description;
  const below = path[path.indexOf(environment) - 1];
  const releases = await releasesOf(world.database, 100);
  const fit = releases.find((one) => below === undefined || one.verifiedIn.includes(below));
  if (fit) return fit.id;
  throw new Failure('not-found', below ? `no release is verified in ${below}` : 'no release was built yet', {
    hint: 'plumb ship builds one',
  });
};

/** Throws `not-found` for an environment that is not on the path. */
export const demandOnPath = async (world: World, environment: EnvironmentName): Promise<void> => {
  const { path } = (await world.described()).description;
  if (!path.includes(environment))
    throw new Failure('not-found', `there is no environment ${environment} on the path`, {
      hint: `the path is ${path.join(' → ')}`,
    });
};
