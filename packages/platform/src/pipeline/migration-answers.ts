import { randomUUID } from 'node:crypto';
import type { AllowedAction } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { MigrationFile, MigrationStatus } from '@plumbline/contract/migration';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { Platform } from '@plumbline/contract/platform';
import type { KnexMigrations, Release } from '@plumbline/contract/release';
import { routes } from '@plumbline/contract/routes';
import type { Settings } from '../environments/settings.ts';
import { pendingOf } from '../migrations/pending.ts';
import { filesFor, schemaRangeOf, whyNoContract, whyNotWith } from '../migrations/phases.ts';
import type { World } from '../world.ts';
import { whyNotRole } from './allowed.ts';
import { askDelivery } from './ask-delivery.ts';
import { chosenFor, demandOnPath } from './chosen-release.ts';
import { deliveryById } from './delivery-table.ts';
import { type EnvironmentRow, lockEnvironment } from './environment-table.ts';
import { planMigrations, type SchemaFacts, schemaFacts } from './plan-migrations.ts';
import { releaseOf } from './release-table.ts';
import { showDelivery } from './show.ts';

type Answers = Pick<Platform, 'migrations' | 'migrate' | 'migrateDown'>;
type Kind = 'migrate' | 'contract' | 'migrate-down';

/** What an environment's database has of a release's migrations, and deliveries that change the schema alone. */
export const migrationAnswers = (world: World): Answers => {
  const { database, deps, closing } = world;
  const ask = async (
    kind: Kind,
    asked: {
      readonly environment: EnvironmentName;
      readonly release?: ReleaseId | undefined;
      readonly reason: string | null;
    },
    who: Identity,
    key: string,
  ) => {
    const { row, release, settings } = await placeOf(world, asked);
    // Refused at once where it is to be refused; the delivery asks again when it has the environment.
    await planMigrations(deps, { kind, environment: row, release, settings }, closing);
    const order = { key, kind, environment: row.name, release: release.id, climb: null, reason: asked.reason };
    const id = await askDelivery(deps, { ...order, emergency: false, wait: true }, who);
    return showDelivery(database, await deliveryById(database, id), who);
  };
  return {
    migrations: async (asked, who) => {
      const { row, release, settings } = await placeOf(world, asked);
      return shown(row, settings, await schemaFacts(deps, row, release, closing), who);
    },
    migrate: ({ environment, release, contract, reason }, who, key = randomUUID()) =>
      ask(contract ? 'contract' : 'migrate', { environment, release, reason: reason ?? null }, who, key),
    migrateDown: ({ environment, release, reason }, who, key = randomUUID()) =>
      ask('migrate-down', { environment, release, reason }, who, key),
  };
};

const placeOf = async (
  world: World,
  { environment, release }: { readonly environment: EnvironmentName; readonly release?: ReleaseId | undefined },
): Promise<{ readonly row: EnvironmentRow; readonly release: Release; readonly settings: Settings }> => {
  await demandOnPath(world, environment);
  const row = await world.database.transaction((tx) => lockEnvironment(tx, environment));
  const chosen = await releaseOf(world.database, release ?? row.live ?? (await chosenFor(world, environment)));
  return { row, release: chosen, settings: await world.deps.settings(environment, chosen) };
};

const shown = (row: EnvironmentRow, settings: Settings, facts: SchemaFacts, who: Identity): MigrationStatus => {
  const { release, state, present } = facts;
  const { migrations } = release.content;
  if (migrations === null || migrations.kind === 'command')
    throw new Failure('conflict', `${release.id} has no knex migrations, so nobody can tell what is pending`);
  const { files } = migrations;
  const pending = pendingOf(files, state.applied);
  const unfit = whyNotWith({ release: release.id, files }, state.applied);
  const leave = pending.kind === 'pending' ? filesFor('migrate', files, pending, present.length > 0).leave : [];
  const contractRefused =
    leave.length === 0 ? null : whyNoContract({ ...facts, contracts: leave, goBackForMs: settings.goBackForMs });
  const { needs, bears } = schemaRangeOf(files);
  const refused = pending.kind === 'refused' ? `${pending.because}: ${pending.hint}` : unfit;
  return {
    environment: row.name,
    release: release.id,
    files: filesShown(files, facts, leave),
    range: { needs: [...needs], bears: [...bears] },
    refused,
    notes: [...(pending.kind === 'pending' ? pending.notes : []), ...state.notes],
    contractRefused,
    actions: actionsOn(row.name, who, refused, contractRefused ?? (leave.length === 0 ? 'no contract waits' : null)),
  };
};

const filesShown = (
  files: KnexMigrations['files'],
  { state: { applied } }: SchemaFacts,
  waiting: readonly string[],
): MigrationFile[] => [
  ...files.map(({ name, phase }): MigrationFile => {
    const at = applied.find((one) => one.name === name)?.at ?? null;
    const yet = waiting.includes(name) ? ('waits' as const) : ('pending' as const);
    return { name, phase, state: at === null ? yet : 'applied', appliedAt: at };
  }),
  ...applied
    .filter(({ name }) => !files.some((one) => one.name === name))
    .map(({ name, phase, at }): MigrationFile => ({ name, phase, state: 'foreign', appliedAt: at })),
];

const actionsOn = (
  name: EnvironmentName,
  who: Identity,
  refused: string | null,
  contractRefused: string | null,
): AllowedAction[] => {
  const role = whyNotRole(routes.migrate.roles, who);
  const migrate = role ?? refused;
  const contract = role ?? refused ?? contractRefused;
  return [
    { action: 'migrate', allowed: migrate === null, because: migrate, command: `plumb migrate latest ${name}` },
    {
      action: 'contract',
      allowed: contract === null,
      because: contract,
      command: `plumb migrate latest ${name} --contract`,
    },
  ];
};
