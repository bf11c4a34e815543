import type { Description } from './description.ts';
import type { Environment, Resources } from './environment.ts';
import type { Finding } from './finding.ts';
import { type Located, warningAt } from './located.ts';
import { isFirst } from './order.ts';

type One = Located<Environment>;

/** What is valid and yet not how it is done any more: each warning names its entry in docs/errata.md. */
export const checkErrata = (one: One, app: Description): readonly Finding[] =>
  Object.entries(one.value.resources).flatMap(([key, resources]) => [
    ...limitsWithoutRequests(one, key, resources),
    ...oldInstances(one, key, resources),
    ...oneZoneBelowProduction(one, app, key, resources),
  ]);

const limitsWithoutRequests = (one: One, key: string, { cpu, memory, requests }: Resources): readonly Finding[] =>
  requests || (cpu === undefined && memory === undefined)
    ? []
    : [
        warningAt(
          one,
          ['resources', key],
          `cpu and memory are limits; half the CPU and all the memory are set aside. "requests" says so (E2-1)`,
        ),
      ];

const successors: Readonly<Record<string, string>> = {
  'db.t2': 'db.t4g',
  'db.t3': 'db.t4g',
  'db.m4': 'db.m7g',
  'db.m5': 'db.m7g',
  'db.r4': 'db.r7g',
  'db.r5': 'db.r7g',
  'cache.t2': 'cache.t4g',
  'cache.t3': 'cache.t4g',
  'cache.m5': 'cache.m7g',
  'cache.r4': 'cache.r7g',
  'cache.r5': 'cache.r7g',
};

const oldInstances = (one: One, key: string, { instance_type: type }: Resources): readonly Finding[] => {
  const family = type?.split('.').slice(0, 2).join('.') ?? '';
  const successor = successors[family];
  if (type === undefined || successor === undefined) return [];
  const present = `${successor}.${type.split('.').slice(2).join('.')}`;
  return [
    warningAt(
      one,
      ['resources', key, 'instance_type'],
      `${type} is of a generation from 2018 to 2020: ${present} is its successor (E2-3)`,
    ),
  ];
};

/** A failover that was never seen below production is first seen there. */
const oneZoneBelowProduction = (
  one: One,
  app: Description,
  key: string,
  { instance_type, multi_az }: Resources,
): readonly Finding[] =>
  instance_type === undefined || multi_az !== undefined || isFirst(app.path, one.value.environment)
    ? []
    : [
        warningAt(
          one,
          ['resources', key],
          `without "multi_az" a failover cannot be tried here: say true or false (E2-4)`,
        ),
      ];
