import { randomUUID } from 'node:crypto';
import type * as contract from '@plumbline/contract/freeze';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Platform } from '@plumbline/contract/platform';
import { settingsOf } from '../environments/settings.ts';
import type { World } from '../world.ts';
import { freeze, unfreeze } from './freeze.ts';
import { type FreezeRow, freezesLeft } from './freeze-table.ts';
import { freezeOf, showFreeze } from './frozen.ts';

type Answers = Pick<Platform, 'freezes' | 'freeze' | 'unfreeze'>;

/** When nothing is delivered, and who says so. */
export const freezeAnswers = (world: World): Answers => {
  const { database, deps, described } = world;
  const demandEnvironment = async (name: EnvironmentName | undefined): Promise<void> => {
    if (name !== undefined) settingsOf(await described(), name, 'local');
  };
  return {
    freezes: async ({ environment }) => [
      ...(await inFiles(world, environment)),
      ...(await freezesLeft(database, deps.now(), environment ?? null)).map(shown),
    ],
    freeze: async ({ environment, from, until, reason }, who, key = randomUUID()) => {
      await demandEnvironment(environment);
      return shown(
        await freeze(deps, { key, environment: environment ?? null, from: from ?? null, until, reason }, who),
      );
    },
    unfreeze: async ({ environment, reason }, who) => {
      await demandEnvironment(environment);
      const ended = await unfreeze(deps, { environment: environment ?? null, reason: reason ?? null }, who);
      const left = await freezesLeft(database, deps.now(), environment ?? null);
      return { ended: ended.map(shown), left: [...(await inFiles(world, environment)), ...left.map(shown)] };
    },
  };
};

const shown = (row: FreezeRow): contract.Freeze => showFreeze(freezeOf(row), row.environment);

/** What the files describe for one environment, or for all of the path. */
const inFiles = async (
  { described }: World,
  environment: EnvironmentName | undefined,
): Promise<readonly contract.Freeze[]> => {
  const all = await described();
  const names = environment === undefined ? all.description.path : [environment];
  return names.flatMap((name) => settingsOf(all, name, 'local').freezes.map((one) => showFreeze(one, name)));
};
