import type { Description } from '../environments/description.ts';
import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import type { Located } from '../environments/located.ts';
import { checkCapacity } from './check-capacity.ts';
import { checkKept } from './check-kept.ts';
import { checkMachines } from './check-machines.ts';
import { checkScaling } from './check-scaling.ts';
import { checkWindows } from './check-windows.ts';
import { placesOf } from './places.ts';

/** What cannot work in the cloud, or contradicts itself there. The environment's file is right otherwise. */
export const checkEnvironmentInCloud = (one: Located<Environment>, app: Description): readonly Finding[] =>
  placesOf({ description: app, environments: [one.value] }).flatMap((place) => [
    ...checkMachines(one, place),
    ...checkCapacity(one, place),
    ...checkScaling(one, place),
    ...checkKept(one, place),
    ...checkWindows(one, place),
  ]);
