import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Surroundings } from './command.ts';

/** The app's folder, and the folder that holds what Plumbline keeps of it. */
export interface Place {
  readonly directory: string;
  readonly home: string;
}

/** The folder that was given, else the nearest one upwards with a plumbline.yaml, else the present one. */
export const findPlace = ({ cwd, env }: Pick<Surroundings, 'cwd' | 'env'>, given?: string): Place => {
  const directory = given === undefined ? (nearestWithDescription(cwd) ?? cwd) : resolve(cwd, given);
  const home = env.PLUMBLINE_HOME ? resolve(cwd, env.PLUMBLINE_HOME) : join(directory, '.plumbline');
  return { directory, home };
};

const nearestWithDescription = (folder: string): string | null => {
  if (existsSync(join(folder, 'plumbline.yaml'))) return folder;
  const above = dirname(folder);
  return above === folder ? null : nearestWithDescription(above);
};
