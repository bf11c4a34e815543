import { randomUUID } from 'node:crypto';
import type { DeliveryKind, GateAnswer } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { ClimbId, DeliveryId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { Platform } from '@plumbline/contract/platform';
import type { World } from '../world.ts';
import { askClimb } from './ask-climb.ts';
import { askDelivery } from './ask-delivery.ts';
import { chosenFor, demandOnPath } from './chosen-release.ts';
import { climbById, climbsOf } from './climb-table.ts';
import { abort, approve, proceed } from './commands.ts';
import { deliveriesOf, deliveryById } from './delivery-table.ts';
import { environmentOf, lockEnvironment } from './environment-table.ts';
import { approvalsNeededFor, gateFacts } from './gate-facts.ts';
import { askGates } from './gates/index.ts';
import { planMigrations } from './plan-migrations.ts';
import { type Parts, planDelivery } from './prepare.ts';
import { releaseOf, releasesOf } from './release-table.ts';
import { rollBack } from './roll-back.ts';
import { approvalRulesOf, showClimb, showDelivery } from './show.ts';

type Answers = Pick<
  Platform,
  | 'ship'
  | 'climbs'
  | 'climb'
  | 'deliver'
  | 'plan'
  | 'deliveries'
  | 'delivery'
  | 'approve'
  | 'proceed'
  | 'abort'
  | 'rollBack'
  | 'releases'
  | 'release'
>;

/** Shipping, delivering, approving, aborting and going back, and what is known of them. */
export const pipelineAnswers = (world: World): Answers => {
  const { database, deps, closing } = world;
  const shown = async (id: DeliveryId, who: Identity) => showDelivery(database, await deliveryById(database, id), who);
  const climb = async (id: ClimbId) => showClimb(await climbById(database, id));
  return {
    ship: async ({ stamp, to, again, wait, reason }, who, key = randomUUID()) => {
      const asked = { key, stamp: stamp ?? null, upTo: to ?? null, again, wait, reason: reason ?? null };
      return climb(await askClimb(deps, asked, who, closing));
    },
    climbs: async ({ limit }) => (await climbsOf(database, limit)).map(showClimb),
    climb: ({ climb: id }) => climb(id),
    deliver: async ({ environment, release, wait, emergency, reason }, who, key = randomUUID()) => {
      if (emergency && reason === undefined)
        throw new Failure('bad-input', 'an emergency needs a reason', { hint: 'give --reason' });
      const chosen = release ?? (await chosenFor(world, environment));
      await releaseOf(database, chosen);
      await demandOnPath(world, environment);
      const asked = {
        key,
        kind: 'deliver' as const,
        environment,
        release: chosen,
        climb: null,
        reason: reason ?? null,
        emergency,
        wait,
      };
      return shown(await askDelivery(deps, asked, who), who);
    },
    plan: async ({ environment, release, kind }, who) => {
      await demandOnPath(world, environment);
      const row = await database.transaction((tx) => lockEnvironment(tx, environment));
      // What migrates alone migrates for what is live.
      const usual = kind === 'deliver' ? null : row.live;
      const chosen = await releaseOf(database, release ?? usual ?? (await chosenFor(world, environment)));
      const asked = { kind, environment: row, release: chosen };
      const { plan, parts } = await planDelivery(deps, asked, closing);
      return { ...plan, gates: [...(await presentGates(world, kind, parts, who))] };
    },
    deliveries: async ({ environment, limit }, who) =>
      Promise.all(
        (await deliveriesOf(database, { environment, limit })).map((row) => showDelivery(database, row, who)),
      ),
    delivery: ({ delivery }, who) => shown(delivery, who),
    approve: async ({ delivery, planHash, reason }, who) => {
      await approve(
        deps,
        { delivery, planHash, reason: reason ?? null },
        who,
        await approvalRulesOf(database, delivery),
      );
      return shown(delivery, who);
    },
    proceed: async ({ delivery, reason }, who) => {
      await proceed(deps, { delivery, reason: reason ?? null }, who);
      return shown(delivery, who);
    },
    abort: async ({ delivery, reason }, who) => {
      await abort(deps, { delivery, reason: reason ?? null }, who);
      return shown(delivery, who);
    },
    rollBack: async ({ environment, release, reason }, who, key = randomUUID()) => {
      await demandOnPath(world, environment);
      const asked = { key, environment, release: release ?? null, reason: reason ?? null };
      const demandFit = async (name: EnvironmentName, id: ReleaseId) => {
        const [row, back] = await Promise.all([environmentOf(database, name), releaseOf(database, id)]);
        const settings = await deps.settings(name, back);
        await planMigrations(deps, { kind: 'roll-back', environment: row, release: back, settings }, closing);
      };
      return shown(await rollBack({ ...deps, demandFit }, asked, who), who);
    },
    releases: async ({ limit }) => [...(await releasesOf(database, limit))],
    release: ({ release }) => releaseOf(database, release),
  };
};

/** What every gate would say if this person asked for the delivery now. */
const presentGates = async (
  { deps }: World,
  kind: DeliveryKind,
  parts: Parts,
  who: Identity,
): Promise<readonly GateAnswer[]> => {
  const asked = { kind, emergency: false };
  const gated = {
    ...asked,
    environment: parts.environment,
    askedBy: who.name,
    reason: null,
    planHash: null,
    approvalsNeeded: approvalsNeededFor(asked, parts.settings),
  };
  return askGates(await gateFacts(deps, gated, parts, []));
};
