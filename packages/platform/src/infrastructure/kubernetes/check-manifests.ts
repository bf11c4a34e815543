import type { Manifest } from './manifest.ts';
import { limitRules } from './rules/limits.ts';
import { migrationRules } from './rules/migrations.ts';
import { routingRules } from './rules/routing.ts';
import type { Broken, Rule } from './rules/rule.ts';
import { scalingRules } from './rules/scaling.ts';
import { securityRules } from './rules/security.ts';
import { serviceRules } from './rules/services.ts';
import { workloadRules } from './rules/workloads.ts';

const rules: readonly Rule[] = [
  ...workloadRules,
  ...securityRules,
  ...scalingRules,
  ...serviceRules,
  ...routingRules,
  ...limitRules,
  ...migrationRules,
];

/** Ids of all errata that manifests are checked for. */
export const checkedErrata: readonly string[] = [...new Set(rules.map(({ id }) => id))];

export interface BrokenErratum extends Broken {
  readonly id: string;
}

/** Everything that an environment's manifests do wrong, all of them given together; schemas are checked by `checkStrictly`. */
export const checkManifests = (all: readonly Manifest[]): readonly BrokenErratum[] =>
  rules.flatMap(({ id, find }) => find(all).map((one) => ({ id, ...one })));
