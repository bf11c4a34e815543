import type { StoreAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { ServiceName } from '@plumbline/contract/names';
import type { ReleaseContent } from '@plumbline/contract/release';
import { patiently } from '../../kernel/patience.ts';
import type { DeliverDeps } from '../deliver-deps.ts';
import { tellOf } from '../moving.ts';
import type { StageOf, Underway } from '../underway.ts';

/** Brings the database to the release's schema, one file at a time, and puts seed data in where the environment has it. */
export const migrations: StageOf = {
  name: 'migrations',
  run: (deps, underway) => async (durable) => {
    const { content } = underway.release;
    if (content.migrations === null && content.seed === null) return { kind: 'skipped', because: 'the app has none' };
    if (underway.kind === 'roll-back') return { kind: 'skipped', because: 'going back leaves the schema as it is' };
    const tell = tellOf(deps, underway);
    const ran = await durable.step('migrate', (signal) =>
      patiently(() => migrate(deps, underway, signal), signal, tell),
    );
    const seeded = await durable.step('seed', (signal) => patiently(() => seed(deps, underway, signal), signal, tell));
    return { kind: 'done', because: [...words(underway, ran), ...(seeded ? ['seed data in place'] : [])].join('; ') };
  },
};

const migrate = async (deps: DeliverDeps, underway: Underway, signal: AbortSignal): Promise<readonly string[]> => {
  const { release, environment, pending, settings, kind } = underway;
  const wanted = release.content.migrations;
  if (wanted === null || (wanted.kind === 'knex' && pending.length === 0)) return [];
  const stores = await storesOf(deps, environment, release.content, signal);
  const folder = await folderOf(deps, underway, wanted.service, signal);
  const direction = kind === 'migrate-down' ? ('down' as const) : ('up' as const);
  const order = { release, folder, stores, settings, direction, names: pending };
  const ran = await deps.migrations.run(order, tellOf(deps, underway), signal);
  // A runner that was killed has told nobody what it had applied before: all of it is by now.
  const done = wanted.kind === 'knex' ? pending : ran;
  await recordDone(deps, underway, direction, done);
  return done;
};

const recordDone = (
  deps: DeliverDeps,
  { id, environment, release, askedBy, reason }: Underway,
  direction: 'up' | 'down',
  files: readonly string[],
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    await deps.record(tx, {
      who: askedBy,
      what: direction === 'up' ? 'migrations.applied' : 'migrations.undone',
      subject: environment,
      why: reason,
      detail: { delivery: id, release: release.id, files },
      key: `${id}/migrated`,
    });
  });

const seed = async (deps: DeliverDeps, underway: Underway, signal: AbortSignal): Promise<boolean> => {
  const wanted = underway.release.content.seed;
  if (wanted === null || !underway.settings.seed || underway.kind !== 'deliver') return false;
  const stores = await storesOf(deps, underway.environment, underway.release.content, signal);
  const folder = await folderOf(deps, underway, wanted.service, signal);
  await deps.migrations.seed(underway.release, folder, stores, underway.settings, signal);
  return true;
};

/** Addresses of the stores that a release needs, started where they do not run. */
export const storesOf = (
  deps: Pick<DeliverDeps, 'target'>,
  environment: Underway['environment'],
  content: ReleaseContent,
  signal: AbortSignal,
): Promise<StoreAddresses> =>
  deps.target.stores(
    environment,
    content.stores.map((store) => ({ ...store, version: store.version ?? undefined })),
    signal,
  );

const folderOf = async (
  deps: DeliverDeps,
  { release }: Underway,
  service: ServiceName,
  signal: AbortSignal,
): Promise<string> => {
  const folder = (await deps.unpack(release, signal))[service];
  if (folder === undefined) throw new Failure('bug', `${release.id} has no artefact for ${service}`);
  return folder;
};

const words = ({ kind, environment, contracts }: Underway, ran: readonly string[]): readonly string[] => [
  ran.length === 0 ? 'the schema is up to date' : `${kind === 'migrate-down' ? 'undid' : 'applied'} ${ran.join(', ')}`,
  ...(contracts.length === 0
    ? []
    : [
        `${contracts.join(', ')} ${contracts.length > 1 ? 'wait' : 'waits'} for plumb migrate latest ${environment} --contract`,
      ]),
];
