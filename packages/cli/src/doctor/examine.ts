import type { Surroundings } from '../command.ts';
import type { Place } from '../place.ts';
import { diskSpace, fileLimit, memory } from './machine.ts';
import { ports, postgresReach } from './place-checks.ts';
import { browser, git, node, npm, psql, redis } from './programs.ts';

/** ok; warn: something will be missing or slow; bad: Plumbline cannot work. */
export interface Finding {
  readonly what: string;
  readonly verdict: 'ok' | 'warn' | 'bad';
  readonly found: string;
  /** What to do about it; null when there is nothing to do. */
  readonly mend: string | null;
}

export interface Examined {
  readonly place: Place;
  readonly env: Surroundings['env'];
}

export type Examination = (examined: Examined) => Promise<Finding>;

const examinations: readonly Examination[] = [
  node,
  npm,
  git,
  diskSpace,
  memory,
  fileLimit,
  ports,
  postgresReach,
  redis,
  psql,
  browser,
];

/** Everything that Plumbline needs of a machine, each with its verdict. */
export const examine = (place: Place, env: Surroundings['env']): Promise<readonly Finding[]> =>
  Promise.all(examinations.map((examination) => examination({ place, env })));
