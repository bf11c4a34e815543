import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { ServiceName } from '@plumbline/contract/names';
import type { Description } from '../environments/description.ts';
import { durationMs } from '../environments/duration.ts';
import { namedEntries } from '../environments/named.ts';
import { descriptionFile, environmentsFolder } from '../environments/read.ts';
import type { Service } from '../environments/service.ts';
import { type Artefact, keepArtefact } from './artefact.ts';
import { buildKey, builtBefore, rememberBuilt } from './build-cache.ts';
import { type Command, hasLockFile, installOf, runCommand, succeeded } from './build-command.ts';
import { withCleanFolder } from './build-folder.ts';
import { installDependencies } from './build-install.ts';
import { buildVariables } from './build-variables.ts';
import { removeReadOnly } from './read-only.ts';
import { sideBySide } from './side-by-side.ts';
import { listDirectory, materialise, type Snapshot } from './source-snapshot.ts';

export interface BuildOrder {
  readonly snapshot: Snapshot;
  readonly home: string;
  readonly description: Description;
  readonly stamp: string | null;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Built extends Artefact {
  readonly service: ServiceName;
  readonly ms: number;
  /** The same input was built before, so nothing was run. */
  readonly fromCache: boolean;
}

/** Builds every service in a clean folder of its own, which holds the service's directory and nothing else, and packs it. */
export const buildServices = async (order: BuildOrder): Promise<readonly Built[]> => {
  const building = new Map<string, Promise<Artefact>>();
  return sideBySide(namedEntries(order.description.services), order.signal, async ([name, service], signal) => {
    const started = performance.now();
    const input = await inputOf(order, name, service);
    const key = buildKey(input);
    const known = await builtBefore(order.home, key);
    const made = known ?? (await once(building, key, () => buildOne({ ...order, signal }, name, service, key)));
    const ms = Math.round(performance.now() - started);
    order.onProgress?.(
      known ? `${name}: as built before` : `${name}: built in ${(ms / 1000).toFixed(1)} s, ${megabytes(made.bytes)}`,
    );
    return { service: name, ...made, ms, fromCache: known !== undefined };
  });
};

const inputOf = async ({ snapshot, stamp, signal }: BuildOrder, name: string, service: Service) => {
  const { directory } = service;
  const files = await listDirectory(snapshot, directory, signal);
  if (files.length === 0)
    throw new Failure(
      'build-failed',
      `${name}: there is nothing in its directory "${directory}", or it is not committed`,
    );
  const { install, build, prune, include } = service;
  return {
    files: files.filter((line) => !isPlumblines(line)),
    install: install ?? null,
    build: build ?? null,
    prune: prune ?? null,
    include: include ?? null,
    stamp,
  };
};

/** The description and the settings of environments make no service: a new approval rule is no new release. */
const isPlumblines = (line: string): boolean => {
  const [, file = ''] = line.split('\t');
  return file === descriptionFile || file.startsWith(`${environmentsFolder}/`);
};

/** Two services may be the same build, started otherwise. */
const once = (
  building: Map<string, Promise<Artefact>>,
  key: string,
  build: () => Promise<Artefact>,
): Promise<Artefact> => {
  const made = building.get(key) ?? build();
  building.set(key, made);
  return made;
};

const buildOne = (order: BuildOrder, name: ServiceName, service: Service, key: string): Promise<Artefact> =>
  withCleanFolder(async (clean) => {
    const folder = path.join(clean, 'sources');
    await materialise(order.snapshot, service.directory, folder, order.signal);
    await removeReadOnly(path.join(folder, descriptionFile));
    await removeReadOnly(path.join(folder, environmentsFolder));
    await installAndBuild(order, name, service, folder);
    const made = await keepArtefact(order.home, folder, service.include ?? ['.'], order.signal).catch(
      (error: unknown) => {
        throw error instanceof Failure && error.code === 'build-failed'
          ? new Failure(error.code, `${name}: ${error.message}`, { cause: error })
          : error;
      },
    );
    await rememberBuilt(order.home, key, made);
    return made;
  });

const installAndBuild = async (order: BuildOrder, name: string, service: Service, folder: string): Promise<void> => {
  const deadline = performance.now() + durationMs(service.build_within);
  const variables = buildVariables(process.env, order.stamp);
  const prepared = (run: readonly string[]): Command => {
    order.onProgress?.(`${name}: ${run.join(' ')}`);
    const timeoutMs = Math.max(1, Math.round(deadline - performance.now()));
    return { of: name, run, folder, variables, timeoutMs, signal: order.signal };
  };
  const install = await installOf(folder, service.install);
  if (install) {
    const command = prepared(install);
    succeeded(command, await installDependencies(order.home, command));
  }
  if (service.build) await runCommand(prepared(service.build));
  const isNpm = install !== null && (await hasLockFile(folder)) && packsModules(service);
  const prune = service.prune ?? (isNpm ? withoutDevelopment : null);
  if (prune) await runCommand(prepared(prune));
};

/** Takes development dependencies out again; nothing is fetched for it. */
const withoutDevelopment = ['npm', 'prune', '--omit=dev', '--offline', '--ignore-scripts'];

const packsModules = ({ include }: Service): boolean =>
  include === undefined || include.some((one) => /^(\.|\.\/)?(node_modules(\/|$)|$)/.test(one));

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
