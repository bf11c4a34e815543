import { type DescribedCanary, fallingStep } from './canary.ts';
import type { Description } from './description.ts';
import { suggestion } from './did-you-mean.ts';
import type { Environment, Resources } from './environment.ts';
import type { Finding } from './finding.ts';
import { errorAt, errorAtKey, type Located, warningAt } from './located.ts';
import { isNamed, namedEntries } from './named.ts';
import { isLast } from './order.ts';
import { thresholdsOf, wrongOrder } from './thresholds.ts';

type One = Located<Environment>;

const approvers = ['approver', 'admin'];

/** One environment's file: whether its numbers fit each other, and its names the app. */
export const checkEnvironment = (one: One, app: Description): readonly Finding[] => [
  ...checkReplicas(one),
  ...Object.entries(one.value.resources).flatMap(([key, resources]) => checkResources(one, app, key, resources)),
  ...checkApprovals(one, one.value.approvals, ['approvals']),
  ...checkApprovals(one, one.value.local.approvals, ['local', 'approvals']),
  ...checkSeed(one, app, one.value.seed, ['seed']),
  ...checkSeed(one, app, one.value.local.seed, ['local', 'seed']),
  ...checkThresholds(one),
  ...checkVariables(one, app),
  ...checkLocalReplicas(one, app),
  ...checkCanary(one, one.value.canary, ['canary', 'steps']),
  ...checkCanary(one, one.value.local.canary, ['local', 'canary', 'steps']),
];

const checkCanary = (one: One, canary: DescribedCanary = {}, path: readonly string[]): readonly Finding[] => {
  const falling = fallingStep(canary);
  return falling === undefined
    ? []
    : [errorAt(one, path, `the weights must rise: ${falling} is not above the one before it`)];
};

const checkReplicas = (one: One): readonly Finding[] => {
  const { auto_scaling, min_replicas: min, max_replicas: max, replica_count: count } = one.value;
  if (min !== undefined && max !== undefined && min > max)
    return [errorAt(one, ['min_replicas'], `min_replicas ${min} is more than max_replicas ${max}`)];
  if (auto_scaling !== 'enabled') {
    const unused = (['min_replicas', 'max_replicas'] as const).filter((key) => one.value[key] !== undefined);
    return unused.map((key) => warningAt(one, [key], `${key} does nothing while auto_scaling is not enabled`));
  }
  if (count !== undefined && min !== undefined && count < min)
    return [errorAt(one, ['replica_count'], `replica_count ${count} is less than min_replicas ${min}`)];
  if (count !== undefined && max !== undefined && count > max)
    return [errorAt(one, ['replica_count'], `replica_count ${count} is more than max_replicas ${max}`)];
  return [];
};

const checkResources = (one: One, app: Description, key: string, resources: Resources): readonly Finding[] => {
  const isStore = isNamed(app.stores, key);
  const names = namedEntries(app.services).flatMap(([name, { alias }]) =>
    alias === undefined ? [name] : [name, alias],
  );
  if (!isStore && !names.some((name) => name === key))
    return [
      errorAtKey(
        one,
        ['resources', key],
        `"${key}" is no service and no store of plumbline.yaml, nor an alias of one${suggestion(key, [...names, ...Object.keys(app.stores)])}`,
      ),
    ];
  const foreign = isStore ? (['cpu', 'memory', 'requests'] as const) : (['instance_type', 'multi_az'] as const);
  const [kind, other] = isStore ? ['store', 'services'] : ['service', 'stores'];
  return foreign
    .filter((field) => resources[field] !== undefined)
    .map((field) =>
      errorAtKey(one, ['resources', key, field], `"${key}" is a ${kind}: "${field}" is for ${other} alone`),
    );
};

const checkApprovals = (one: One, approvals: Environment['approvals'], path: readonly string[]): readonly Finding[] =>
  (approvals?.roles ?? []).flatMap((role, index) =>
    approvers.includes(role)
      ? []
      : [errorAt(one, [...path, 'roles', index], `a ${role} cannot approve: only ${approvers.join(' and ')} can`)],
  );

const checkSeed = (
  one: One,
  app: Description,
  seed: boolean | undefined,
  path: readonly string[],
): readonly Finding[] => {
  if (seed !== true) return [];
  const { environment } = one.value;
  if (isProduction(app, environment))
    return [
      errorAt(
        one,
        path,
        `seed data never goes to production, and ${environment} is production: its log-ins are known to everybody`,
      ),
    ];
  return app.seed ? [] : [errorAt(one, path, 'plumbline.yaml describes no "seed" to write')];
};

/** By name, or as the last of a path that has others for trying things out. */
const isProduction = ({ path }: Description, environment: Environment['environment']): boolean =>
  environment === 'production' || (path.length > 1 && isLast(path, environment));

const checkThresholds = (one: One): readonly Finding[] => {
  const rows = thresholdsOf(one.value.thresholds);
  return Object.keys(one.value.thresholds).flatMap((name) => {
    const wrong = isNamed(rows, name) ? wrongOrder(rows[name]) : undefined;
    return wrong === undefined ? [] : [errorAt(one, ['thresholds', name], wrong)];
  });
};

const checkVariables = (one: One, app: Description): readonly Finding[] =>
  namedEntries(one.value.variables).flatMap(([service, variables]) => {
    const described = app.services[service];
    if (!described)
      return [
        errorAtKey(
          one,
          ['variables', service],
          `there is no service "${service}"${suggestion(service, Object.keys(app.services))}`,
        ),
      ];
    const known = Object.keys(described.variables);
    return Object.keys(variables)
      .filter((name) => !known.includes(name))
      .map((name) =>
        errorAtKey(
          one,
          ['variables', service, name],
          `plumbline.yaml gives ${service} no variable "${name}"${suggestion(name, known)}`,
        ),
      );
  });

const checkLocalReplicas = (one: One, app: Description): readonly Finding[] => {
  const { replicas } = one.value.local;
  if (typeof replicas !== 'object') return [];
  return Object.keys(replicas)
    .filter((service) => !isNamed(app.services, service))
    .map((service) =>
      errorAtKey(
        one,
        ['local', 'replicas', service],
        `there is no service "${service}"${suggestion(service, Object.keys(app.services))}`,
      ),
    );
};
