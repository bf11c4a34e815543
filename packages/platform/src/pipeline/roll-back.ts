import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { DeliveryId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import { type AskDeps, askDelivery } from './ask-delivery.ts';
import { abort } from './commands.ts';
import { movingDeliveries } from './delivery-table.ts';
import { formerReleases, releaseOf } from './release-table.ts';

/**
 * Goes back: what moves in the environment is aborted, which brings back what was live; with nothing moving, or when a
 * release is named, that release is delivered once more, without approvals but not without health.
 */
export const rollBack = async (
  deps: AskDeps & {
    /** Throws `conflict`, with what to do, unless the release works with the schema that the environment has. */
    demandFit(environment: EnvironmentName, release: ReleaseId): Promise<void>;
  },
  asked: {
    readonly key: string;
    readonly environment: EnvironmentName;
    readonly release: ReleaseId | null;
    readonly reason: string | null;
  },
  who: Identity,
): Promise<DeliveryId> => {
  const moving = (await movingDeliveries(deps.database, asked.environment)).find((row) => row.state !== 'waiting');
  if (moving && asked.release === null) {
    await abort(deps, { delivery: moving.id, reason: asked.reason ?? 'rolled back' }, who);
    return moving.id;
  }
  const release = await chosen(deps, asked);
  await deps.demandFit(asked.environment, release);
  return askDelivery(deps, { ...asked, kind: 'roll-back', release, climb: null, emergency: false, wait: true }, who);
};

const chosen = async (
  deps: AskDeps,
  { environment, release }: { readonly environment: EnvironmentName; readonly release: ReleaseId | null },
): Promise<ReleaseId> => {
  const former = await formerReleases(deps.database, environment);
  const [before] = former;
  if (release === null && before) return before;
  if (release === null)
    throw new Failure('conflict', `no release was live in ${environment} before the present one`, {
      hint: `plumb deliveries ${environment} lists what happened there`,
    });
  if (former.includes(release)) return release;
  const known = await releaseOf(deps.database, release);
  const because = known.liveIn.includes(environment) ? 'is live there now' : 'was never live there';
  throw new Failure('conflict', `${release} ${because}`, { hint: `to go back to: ${former.join(', ') || 'nothing'}` });
};
