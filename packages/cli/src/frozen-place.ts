import { Misuse } from './command.ts';
import { comingMoment } from './times.ts';

export const placeArgs = {
  env: { type: 'positional', description: 'The environment', required: false },
  all: { type: 'boolean', description: 'Every environment', default: false },
} as const;

/** The environment that was named, or undefined for all of them; one of the two has to be said. */
export const placeOf = ({
  env,
  all,
}: {
  readonly env: string | undefined;
  readonly all: boolean;
}): string | undefined => {
  if ((env === undefined) === all) return env;
  throw new Misuse(all ? `"${env}" or --all: not both` : 'name the environment, or say --all');
};

/** A moment of an option. */
export const momentFor = (option: string, text: string, now: number): number => {
  const moment = comingMoment(text, now);
  if (moment !== null) return moment;
  throw new Misuse(`--${option} must be like 2h, 3d, 18:00 or "2026-12-01 08:00", not "${text}"`);
};
