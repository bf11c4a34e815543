import type { EnvironmentName } from '@plumbline/contract/names';
import type { Settings } from '../environments/settings.ts';
import type { Command } from './command-table.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import type { DeliveryRow } from './delivery-table.ts';
import { environmentOf } from './environment-table.ts';
import { frozenNow } from './frozen.ts';
import type { GateFacts } from './gates/gate.ts';
import { releaseOf } from './release-table.ts';
import type { Underway } from './underway.ts';

/** A delivery that gates are asked about, or one that nobody asked for yet. */
export type Gated = Pick<
  DeliveryRow,
  'kind' | 'environment' | 'askedBy' | 'reason' | 'emergency' | 'approvalsNeeded'
> & {
  readonly planHash: string | null;
};

/** What gates decide on, as it is at this moment. */
export const gateFacts = async (
  deps: DeliverDeps,
  gated: Gated,
  { settings, release, safety }: Pick<Underway, 'settings' | 'release' | 'safety'>,
  commands: readonly Command[],
): Promise<GateFacts> => {
  const { kind, environment, askedBy, reason, emergency, approvalsNeeded, planHash } = gated;
  const now = deps.now();
  return {
    kind,
    environment,
    below: settings.below,
    release,
    forbidding: await deps.forbidding(release.checks, environment),
    descends: await descendsFrom(deps, environment, release.commit),
    reason,
    askedBy,
    approvals: commands.filter((one) => one.kind === 'approve'),
    approvalsNeeded,
    rolesThatMay: settings.approvals.roles,
    selfMayApprove: settings.approvals.self,
    planHash: planHash ?? '',
    approvalExpiresMs: settings.approvals.expiresMs,
    now,
    frozen: await frozenNow(deps.database, environment, settings.freezes, now),
    emergency,
    migrations: safety,
  };
};

/**
 * Whoever asks for an emergency, or takes away from the schema, is never the only one who decides: where none is needed
 * otherwise, it needs one approval.
 */
export const approvalsNeededFor = (
  { kind, emergency }: Pick<Gated, 'kind' | 'emergency'>,
  { approvals }: Pick<Settings, 'approvals'>,
): number => {
  if (kind === 'roll-back') return 0;
  const isGrave = emergency || kind === 'contract' || kind === 'migrate-down';
  return isGrave ? Math.max(1, approvals.count) : approvals.count;
};

const descendsFrom = async (
  deps: DeliverDeps,
  environment: EnvironmentName,
  commit: string | null,
): Promise<GateFacts['descends']> => {
  const { live } = await environmentOf(deps.database, environment);
  if (live === null) return 'nothing-live';
  const older = (await releaseOf(deps.database, live)).commit;
  return older === null || commit === null ? 'unknown' : deps.ancestor(older, commit);
};
