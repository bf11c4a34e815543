import type { ServiceName } from '@plumbline/contract/names';
import type { DescribedCheck, Description } from './description.ts';
import { suggestion } from './did-you-mean.ts';
import type { Finding } from './finding.ts';
import { errorAt, errorAtKey, type Located, warningAt } from './located.ts';
import { isNamed, namedEntries } from './named.ts';
import { databasesOf } from './stores.ts';

type App = Located<Description>;

export const builtInChecks = ['audit', 'secrets'] as const;
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Migrations, seed data, checks and the smoke test: whether what they name is there. */
export const checkPipeline = (app: App): readonly Finding[] => [
  ...checkMigrations(app),
  ...unknownService(app, app.value.seed?.service, ['seed', 'service']),
  ...namedEntries(app.value.checks).flatMap(([name, check]) => checkCheck(app, name, check)),
  ...checkExceptions(app),
  ...checkSmoke(app),
];

const unknownService = (app: App, service: ServiceName | undefined, path: readonly string[]): readonly Finding[] =>
  service === undefined || isNamed(app.value.services, service)
    ? []
    : [errorAt(app, path, `there is no service "${service}"${suggestion(service, Object.keys(app.value.services))}`)];

const checkMigrations = (app: App): readonly Finding[] => {
  const { migrations, services, stores } = app.value;
  if (!migrations) return [];
  const service = services[migrations.service];
  if (!service) return unknownService(app, migrations.service, ['migrations', 'service']);
  // What a program of the app's own migrates, it knows by its service's variables.
  if (migrations.kind === 'command') return [];
  const databases = databasesOf(app.value, service);
  if (migrations.store === undefined)
    return databases.length === 1 ? [] : [errorAt(app, ['migrations'], whichDatabase(migrations.service, databases))];
  const store = stores[migrations.store];
  if (!store)
    return [
      errorAt(
        app,
        ['migrations', 'store'],
        `there is no store "${migrations.store}"${suggestion(migrations.store, Object.keys(stores))}`,
      ),
    ];
  if (store.kind !== 'postgres')
    return [errorAt(app, ['migrations', 'store'], `the store ${migrations.store} is a ${store.kind}, not a postgres`)];
  return databases.includes(migrations.store)
    ? []
    : [
        errorAt(
          app,
          ['migrations', 'store'],
          `${migrations.service} does not need the store ${migrations.store}: add it to its "needs"`,
        ),
      ];
};

const whichDatabase = (service: string, databases: readonly string[]): string =>
  databases.length === 0
    ? `migrations need a database: give ${service} a postgres store in "needs"`
    : `say with "store" which database is migrated: ${service} needs ${databases.join(' and ')}`;

const checkCheck = (app: App, name: string, check: DescribedCheck): readonly Finding[] => {
  const findings: Finding[] = [];
  const isBuiltIn = builtInChecks.some((known) => known === name);
  if (isBuiltIn && check.run)
    findings.push(
      errorAtKey(
        app,
        ['checks', name, 'run'],
        `"${name}" is a built-in check: give a command of your own another name`,
      ),
    );
  if (!isBuiltIn && !check.run)
    findings.push(
      errorAtKey(
        app,
        ['checks', name],
        `"run" is missing: the command of the check ${name} (without one there are ${builtInChecks.join(' and ')})`,
      ),
    );
  if (check.level && name !== 'audit')
    findings.push(errorAtKey(app, ['checks', name, 'level'], '"level" is for "audit" alone'));
  return [...findings, ...checkAbove(app, name, check)];
};

const checkAbove = (app: App, name: string, { above }: DescribedCheck): readonly Finding[] => {
  const { path } = app.value;
  if (above === undefined) return [];
  const at = ['checks', name, 'above'];
  if (!path.includes(above)) return [errorAt(app, at, `"${above}" is not on the path${suggestion(above, path)}`)];
  return above === path.at(-1)
    ? [warningAt(app, at, `nothing is above ${above}: the check ${name} never keeps a release from anything`)]
    : [];
};

const checkExceptions = (app: App): readonly Finding[] => {
  const seen = new Set<string>();
  return app.value.exceptions.flatMap(({ check, id }, index) => {
    const key = `${check} ${id}`;
    if (seen.has(key)) return [errorAt(app, ['exceptions', index, 'id'], `the exception for ${id} is there twice`)];
    seen.add(key);
    return [];
  });
};

const checkSmoke = (app: App): readonly Finding[] => {
  const { smoke, services } = app.value;
  const first = smoke.length > 0 && Object.values(services).every(({ route }) => route === undefined);
  if (first) return [errorAtKey(app, ['smoke'], 'no service has a route, so the smoke test reaches nothing')];
  return smoke.flatMap((step, index) => {
    const used = methods.filter((method) => step[method] !== undefined);
    if (used.length === 1) return [];
    const words =
      used.length === 0 ? `needs one of ${methods.join(', ')}` : `has ${used.join(' and ')}: make two steps of it`;
    return [errorAt(app, ['smoke', index], `"smoke[${index}]" ${words}`)];
  });
};
