import type { EnvironmentName } from '@plumbline/contract/names';

type Path = readonly EnvironmentName[];

export const isFirst = (path: Path, environment: EnvironmentName): boolean => path[0] === environment;

export const isLast = (path: Path, environment: EnvironmentName): boolean => path.at(-1) === environment;

/** The environment that a release must have been verified in before; undefined for the first, and for one on no path. */
export const below = (path: Path, environment: EnvironmentName): EnvironmentName | undefined => {
  const position = path.indexOf(environment);
  return position > 0 ? path[position - 1] : undefined;
};

/** Whether the first is higher on the path than the second. */
export const isAbove = (path: Path, environment: EnvironmentName, other: EnvironmentName): boolean =>
  path.includes(environment) && path.includes(other) && path.indexOf(environment) > path.indexOf(other);
