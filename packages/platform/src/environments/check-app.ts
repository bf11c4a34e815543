import type { Description } from './description.ts';
import { suggestion } from './did-you-mean.ts';
import type { Finding } from './finding.ts';
import { errorAt, errorAtKey, type Located } from './located.ts';
import { isNamed, namedEntries } from './named.ts';
import type { Service, Store } from './service.ts';
import { variableOf } from './stores.ts';

type App = Located<Description>;

/** Services, stores and what they share: names, routes, variables. */
export const checkApp = (app: App): readonly Finding[] => [
  ...sharedNames(app),
  ...sharedRoutes(app),
  ...namedEntries(app.value.services).flatMap(([name, service]) => checkService(app, name, service)),
  ...namedEntries(app.value.stores).flatMap(([name, store]) => poolOfNoDatabase(app, name, store)),
];

const poolOfNoDatabase = (app: App, name: string, store: Store): readonly Finding[] =>
  (['pool_as', 'beside_pool'] as const).flatMap((key) =>
    store.kind === 'postgres' || store[key] === undefined
      ? []
      : [errorAtKey(app, ['stores', name, key], `"${name}" is a ${store.kind}: "${key}" is for postgres alone`)],
  );

const sharedNames = (app: App): readonly Finding[] => {
  const findings: Finding[] = [];
  const taken = new Map<string, string>();
  const claim = (word: string, what: string, path: readonly string[]) => {
    const holder = taken.get(word);
    if (holder === undefined) taken.set(word, what);
    else findings.push(errorAtKey(app, path, `"${word}" is the name of ${holder} already: ${what} needs another`));
  };
  for (const [name] of namedEntries(app.value.services)) claim(name, `the service ${name}`, ['services', name]);
  for (const [name] of namedEntries(app.value.stores)) claim(name, `the store ${name}`, ['stores', name]);
  for (const [name, { alias }] of namedEntries(app.value.services))
    if (alias !== undefined) claim(alias, `the alias of ${name}`, ['services', name, 'alias']);
  return findings;
};

/** A path that two services would answer: by their routes, by their assets, or by the one and the other. */
const sharedRoutes = (app: App): readonly Finding[] => {
  const holders = new Map<string, string>();
  return namedEntries(app.value.services).flatMap(([name, { route, assets }]) =>
    Object.entries({ route, assets }).flatMap(([key, path]) => {
      if (path === undefined) return [];
      const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
      const holder = holders.get(plain);
      if (holder === undefined || holder === name) {
        holders.set(plain, name);
        return [];
      }
      return [
        errorAt(
          app,
          ['services', name, key],
          `the route ${path} belongs to the service ${holder} already: a request could go to either`,
        ),
      ];
    }),
  );
};

const checkService = (app: App, name: string, service: Service): readonly Finding[] => [
  ...unknownNeeds(app, name, service),
  ...sharedVariables(app, name, service),
  ...(service.health === undefined && service.route !== undefined
    ? [
        errorAtKey(
          app,
          ['services', name],
          `"health" is missing: ${name} has a route, so say which path answers 2xx when requests may come`,
        ),
      ]
    : []),
  ...(service.assets !== undefined && service.route === undefined
    ? [errorAt(app, ['services', name, 'assets'], `"assets" needs a "route": no visitor reaches ${name} without one`)]
    : []),
];

const unknownNeeds = (app: App, name: string, { needs }: Service): readonly Finding[] => {
  const stores = Object.keys(app.value.stores);
  return needs.flatMap((store, index) =>
    isNamed(app.value.stores, store)
      ? []
      : [errorAt(app, ['services', name, 'needs', index], `there is no store "${store}"${suggestion(store, stores)}`)],
  );
};

const sharedVariables = (app: App, name: string, service: Service): readonly Finding[] => {
  const taken = new Map<string, string>();
  const findings: Finding[] = [];
  const claim = (variable: string, what: string, path: readonly (string | number)[]) => {
    const holder = taken.get(variable) ?? reservedFor(variable);
    if (holder === undefined) taken.set(variable, what);
    else
      findings.push(
        errorAtKey(app, ['services', name, ...path], `the variable ${variable} is given by ${holder} already`),
      );
  };
  for (const variable of Object.keys(service.variables)) claim(variable, '"variables"', ['variables', variable]);
  for (const variable of Object.keys(service.secrets)) claim(variable, '"secrets"', ['secrets', variable]);
  for (const [index, store] of service.needs.entries()) {
    const described = app.value.stores[store];
    if (!described) continue;
    claim(variableOf(store, described), `the store ${store}`, ['needs', index]);
    if (described.pool_as !== undefined) claim(described.pool_as, `the pool of ${store}`, ['needs', index]);
  }
  return findings;
};

const reservedFor = (variable: string): string | undefined =>
  variable === 'PORT' || variable.startsWith('PLUMBLINE_') ? 'Plumbline' : undefined;
