import { type DeliveryKind, movesTraffic } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { KnexMigrations, Release } from '@plumbline/contract/release';
import type { Settings } from '../environments/settings.ts';
import type { Queries } from '../kernel/database.ts';
import { type Pending, pendingOf } from '../migrations/pending.ts';
import { filesFor, type Present, whyNoContract, whyNotBackTo, whyNotWith, whyNoUndo } from '../migrations/phases.ts';
import type { SchemaState } from '../migrations/schema-state.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import type { EnvironmentRow } from './environment-table.ts';
import { releaseOf } from './release-table.ts';
import { storesOf } from './stages/migrations.ts';

/** What a delivery does to the schema. */
export interface PlannedMigrations {
  /** Files that it applies, or undoes, in order. */
  readonly names: readonly string[];
  /** Contracts that it leaves for a delivery of their own. */
  readonly contracts: readonly string[];
  readonly notes: readonly string[];
}

/** Facts about the schema that a release meets in an environment. */
export interface SchemaFacts {
  readonly release: Release;
  readonly state: SchemaState;
  readonly present: readonly Present[];
  readonly liveSince: number | null;
  readonly now: number;
}

type Deps = Pick<DeliverDeps, 'target' | 'migrations' | 'now'> & { readonly database: Queries };

const nothing: PlannedMigrations = { names: [], contracts: [], notes: [] };

/** What the delivery would do to the schema. Throws `conflict` or `migration-failed`, with what to do, when it may not. */
export const planMigrations = async (
  deps: Deps,
  asked: {
    readonly kind: DeliveryKind;
    readonly environment: EnvironmentRow;
    readonly release: Release;
    readonly settings: Settings;
  },
  signal: AbortSignal,
): Promise<PlannedMigrations> => {
  const { migrations } = asked.release.content;
  if (migrations === null || migrations.kind === 'command') {
    if (!movesTraffic(asked.kind) && asked.kind !== 'migrate') throw noneOfKnex(asked.release);
    return nothing;
  }
  const facts = await schemaFacts(deps, asked.environment, asked.release, signal);
  return planned(asked.kind, asked.environment.name, migrations, asked.settings, facts);
};

/** What the environment's database has, and which releases stand on it. */
export const schemaFacts = async (
  deps: Deps,
  environment: EnvironmentRow,
  release: Release,
  signal: AbortSignal,
): Promise<SchemaFacts> => {
  const stores = await storesOf(deps, environment.name, release.content, signal);
  return {
    release,
    state: await deps.migrations.schema(release, stores, signal),
    present: await presentIn(deps, environment),
    liveSince: environment.live_since,
    now: deps.now(),
  };
};

const presentIn = async ({ database }: Deps, { live, shape }: EnvironmentRow): Promise<readonly Present[]> => {
  const inSlots = shape ? [shape.slots.blue?.release, shape.slots.green?.release] : [];
  const ids = [...new Set([live, ...inSlots])].filter((id) => id !== null && id !== undefined);
  return Promise.all(
    ids.map(async (id) => {
      const { migrations } = (await releaseOf(database, id)).content;
      const files = migrations?.kind === 'knex' ? migrations.files.map(({ name }) => name) : [];
      return { release: id, is: id === live ? ('live' as const) : ('warm' as const), files };
    }),
  );
};

const noneOfKnex = (release: Release): Failure =>
  new Failure('conflict', `${release.id} has no knex migrations`, {
    hint: 'the app has none, or a program that does it by itself',
  });

/** Pure. */
const planned = (
  kind: DeliveryKind,
  environment: EnvironmentName,
  { files }: KnexMigrations,
  settings: Settings,
  facts: SchemaFacts,
): PlannedMigrations => {
  const { release, state, present } = facts;
  const unfit = whyUnfit(kind, { release: release.id, files }, state);
  if (unfit !== null) throw new Failure('conflict', unfit);
  if (kind === 'roll-back') return nothing;
  const pending = pendingOf(files, state.applied);
  if (pending.kind === 'refused') throw new Failure('migration-failed', pending.because, { hint: pending.hint });
  if (kind === 'migrate-down') return { ...nothing, names: [lastToUndo(files, facts)] };
  if (kind === 'contract') demandContract(environment, pending, settings, facts);
  const { apply, leave } = filesFor(kind, files, pending, present.length > 0);
  return { names: apply, contracts: leave, notes: [...pending.notes, ...state.notes] };
};

const whyUnfit = (
  kind: DeliveryKind,
  asked: Parameters<typeof whyNotWith>[0],
  { applied }: SchemaState,
): string | null => {
  if (kind === 'migrate-down') return null;
  return kind === 'roll-back' ? whyNotBackTo(asked, applied) : whyNotWith(asked, applied);
};

const demandContract = (
  environment: EnvironmentName,
  { contracts }: Extract<Pending, { kind: 'pending' }>,
  { goBackForMs }: Settings,
  facts: SchemaFacts,
): void => {
  if (contracts.length === 0)
    throw new Failure('conflict', `no contract waits in ${environment}`, {
      hint: `plumb migrate status ${environment}`,
    });
  const because = whyNoContract({ ...facts, contracts, goBackForMs });
  if (because !== null)
    throw new Failure('conflict', because, { hint: `plumb migrate status ${environment} says when it may be` });
};

const lastToUndo = (files: KnexMigrations['files'], { release, state, present }: SchemaFacts): string => {
  const last = state.applied.at(-1)?.name;
  if (last === undefined) throw new Failure('conflict', 'nothing is applied that could be undone');
  if (!files.some(({ name }) => name === last))
    throw new Failure('conflict', `${last} was applied last, and ${release.id} does not have it`, {
      hint: 'name the release that brought it: --release R',
    });
  const because = whyNoUndo(last, present);
  if (because !== null)
    throw new Failure('conflict', because, { hint: 'go back to a release without it first: plumb rollback' });
  return last;
};
