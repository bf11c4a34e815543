import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { type Digest, digest, type ServiceName, type StoreName } from '@plumbline/contract/names';
import type {
  KnexMigrations,
  ReleaseContent,
  ReleasedMigrations,
  ReleasedService,
  SmokeStep,
} from '@plumbline/contract/release';
import type { Variable } from '@plumbline/contract/service-spec';
import type { DescribedSmokeStep, Description } from '../environments/description.ts';
import { durationMs } from '../environments/duration.ts';
import { namedEntries } from '../environments/named.ts';
import { secretName } from '../environments/secrets.ts';
import type { Service } from '../environments/service.ts';
import { databasesOf, variableOf } from '../environments/stores.ts';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { declaredPhase } from '../migrations/declared-phase.ts';

/** What a release is made of, from the description and what was built. */
export const contentOf = async (
  app: Description,
  artefacts: ReadonlyMap<ServiceName, Digest>,
  folders: ReadonlyMap<ServiceName, string>,
  stamp: string | null,
): Promise<ReleaseContent> => ({
  app: app.app,
  services: namedEntries(app.services).map(([name, service]) =>
    releasedService(app, name, service, of(artefacts, name)),
  ),
  stores: namedEntries(app.stores).map(([name, { kind, version, optional }]) => ({
    name,
    kind,
    version: version === undefined ? null : String(version),
    optional,
  })),
  migrations: app.migrations ? await releasedMigrations(app, app.migrations, artefacts, folders) : null,
  seed: app.seed ? { service: app.seed.service, command: app.seed.run } : null,
  smoke: app.smoke.map(releasedStep),
  stamp,
});

const of = <T>(all: ReadonlyMap<ServiceName, T>, name: ServiceName): T => {
  const found = all.get(name);
  if (found === undefined) throw new Failure('bug', `${name} was not built`);
  return found;
};

const releasedService = (app: Description, name: ServiceName, service: Service, artefact: Digest): ReleasedService => ({
  name,
  alias: service.alias ?? null,
  artefact,
  start: service.start,
  route: service.route === undefined ? null : withoutLastSlash(service.route),
  health: service.health ?? '',
  liveness: service.liveness ?? null,
  assets: service.assets === undefined ? null : withoutLastSlash(service.assets),
  version: service.version ?? null,
  variables: releasedVariables(app, service),
  startWithinMs: durationMs(service.start_within),
  drainWithinMs: durationMs(service.drain_within),
});

const withoutLastSlash = (written: string): string => (written.length > 1 ? written.replace(/\/$/, '') : written);

const releasedVariables = (app: Description, { variables, secrets, needs }: Service): Record<string, Variable> => {
  const released: Record<string, Variable> = {};
  for (const [name, value] of Object.entries(variables)) released[name] = { from: 'value', value: String(value) };
  for (const [name, written] of Object.entries(secrets)) {
    const { ref, generate } = typeof written === 'string' ? { ref: written, generate: undefined } : written;
    released[name] = {
      from: 'secret',
      secret: secretName(ref),
      ...(generate === undefined ? {} : { generateBytes: generate }),
    };
  }
  for (const name of needs) {
    const store = app.stores[name];
    if (store) released[variableOf(name, store)] = { from: 'store', store: name };
  }
  return released;
};

const releasedMigrations = async (
  app: Description,
  migrations: NonNullable<Description['migrations']>,
  artefacts: ReadonlyMap<ServiceName, Digest>,
  folders: ReadonlyMap<ServiceName, string>,
): Promise<ReleasedMigrations> => {
  const { service } = migrations;
  if (migrations.kind === 'command') {
    // Nobody knows which files the program reads, so it is all of the artefact.
    const all = { command: migrations.run, artefact: of(artefacts, service) };
    return { service, kind: 'command', command: migrations.run, digest: digestOf(canonicalJson(all)) };
  }
  const files = await migrationFiles(path.join(of(folders, service), migrations.directory), migrations.directory);
  return {
    service,
    kind: 'knex',
    directory: migrations.directory,
    digest: digestOf(canonicalJson(files)),
    files,
    store: storeOf(app, migrations),
  };
};

type KnexFiles = Extract<NonNullable<Description['migrations']>, { kind: 'knex' }>;

const storeOf = (app: Description, { service, store }: KnexFiles): StoreName => {
  const described = app.services[service];
  const found = store ?? (described && databasesOf(app, described)[0]);
  if (found === undefined) throw new Failure('bug', `no database for the migrations of ${service}`);
  return found;
};

/** As knex finds them: what Node can load, by name. */
const migrationFiles = async (folder: string, described: string): Promise<KnexMigrations['files']> => {
  const names = await readdir(folder).catch((cause) => {
    throw new Failure(
      'build-failed',
      `the migrations' directory "${described}" is not in the artefact after the build`,
      { cause },
    );
  });
  const files = names.filter((name) => /\.[cm]?js$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => {
      const content = await readFile(path.join(folder, name));
      return { name, digest: digestOf(content), phase: declaredPhase(name, content.toString()) };
    }),
  );
};

const digestOf = (content: string | Uint8Array): Digest => digest.parse(`sha256:${sha256(content)}`);

const methods = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;

const releasedStep = (step: DescribedSmokeStep): SmokeStep => {
  const [used] = (['get', 'post', 'put', 'patch', 'delete'] as const).filter((method) => step[method] !== undefined);
  const { headers = {}, capture = {}, body, expect, contains } = step;
  return {
    method: methods[used ?? 'get'],
    path: (used && step[used]) ?? '/',
    headers,
    ...(body === undefined ? {} : { body }),
    expect,
    ...(contains === undefined ? {} : { contains }),
    capture,
  };
};
