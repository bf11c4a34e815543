import { randomUUID } from 'node:crypto';
import type { GateAnswer } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { ClimbId, DeliveryId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { Platform } from '@plumbline/contract/platform';
import type { World } from '../world.ts';
import { askClimb } from './ask-climb.ts';
import { askDelivery } from './ask-delivery.ts';
import { climbById, climbsOf } from './climb-table.ts';
import { abort, approve, proceed } from './commands.ts';
import { deliveriesOf, deliveryById } from './delivery-table.ts';
import { lockEnvironment } from './environment-table.ts';
import { approvalsNeededFor, gateFacts } from './gate-facts.ts';
import { askGates } from './gates/index.ts';
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
      const chosen = release ?? (await newestFor(world, environment));
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
    plan: async ({ environment, release }, who) => {
      await demandOnPath(world, environment);
      const chosen = await releaseOf(database, release ?? (await newestFor(world, environment)));
      const row = await database.transaction((tx) => lockEnvironment(tx, environment));
      const asked = { kind: 'deliver' as const, environment: row, release: chosen };
      const { plan, parts } = await planDelivery(deps, asked, closing);
      return { ...plan, gates: [...(await presentGates(world, parts, who))] };
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
      return shown(await rollBack(deps, asked, who), who);
    },
    releases: async ({ limit }) => [...(await releasesOf(database, limit))],
    release: ({ release }) => releaseOf(database, release),
  };
};

/** What every gate would say if this person asked for the delivery now. */
const presentGates = async ({ deps }: World, parts: Parts, who: Identity): Promise<readonly GateAnswer[]> => {
  const asked = { kind: 'deliver' as const, emergency: false };
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

/** The newest release that has been verified in the environment below, or the newest of all for the first of the path. */
const newestFor = async (world: World, environment: EnvironmentName): Promise<ReleaseId> => {
  const { path } = (await world.described()).description;
  const below = path[path.indexOf(environment) - 1];
  const releases = await releasesOf(world.database, 100);
  const fit = releases.find((one) => below === undefined || one.verifiedIn.includes(below));
  if (fit) return fit.id;
  throw new Failure('not-found', below ? `no release is verified in ${below}` : 'no release was built yet', {
    hint: 'plumb ship builds one',
  });
};

const demandOnPath = async (world: World, environment: EnvironmentName): Promise<void> => {
  const { path } = (await world.described()).description;
  if (!path.includes(environment))
    throw new Failure('not-found', `there is no environment ${environment} on the path`, {
      hint: `the path is ${path.join(' → ')}`,
    });
};
