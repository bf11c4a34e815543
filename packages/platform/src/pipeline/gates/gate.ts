import type { DeliveryKind, GateAnswer } from '@plumbline/contract/delivery';
import type { Role } from '@plumbline/contract/identity';
import type { MigrationCheck } from '@plumbline/contract/migration-check';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { CheckOutcome, Release } from '@plumbline/contract/release';
import type { Frozen } from '../../freezes/freeze.ts';

/** What gates decide on. */
export interface GateFacts {
  readonly kind: DeliveryKind;
  readonly environment: EnvironmentName;
  /** The environment before this one on the path; null for the first. */
  readonly below: EnvironmentName | null;
  /** Checks that keep the release from this environment. */
  readonly forbidding: readonly CheckOutcome[];
  readonly release: Pick<Release, 'id' | 'marks' | 'checks' | 'verifiedIn' | 'commit'>;
  /** Whether the release's commit descends from the live one; unknown where one of them is not to be found. */
  readonly descends: 'yes' | 'no' | 'unknown' | 'nothing-live';
  readonly reason: string | null;
  readonly askedBy: string;
  readonly approvals: readonly {
    readonly by: string;
    readonly role: Role;
    readonly at: number;
    readonly planHash: string | null;
  }[];
  readonly approvalsNeeded: number;
  readonly rolesThatMay: readonly Role[];
  readonly selfMayApprove: boolean;
  readonly planHash: string;
  /** How long an approval counts, in milliseconds. */
  readonly approvalExpiresMs: number;
  /** The present moment, in epoch milliseconds. */
  readonly now: number;
  /** What freezes the environment now; null when nothing does. */
  readonly frozen: Frozen | null;
  /** It was asked for as one that passes freezes. */
  readonly emergency: boolean;
  /** What its migrations would do to the release that runs; null when there are none, or nobody whom they could hurt. */
  readonly migrations: MigrationCheck | null;
}

/** A question with a yes or no before a delivery moves. Pure. */
export interface Gate {
  readonly name: string;
  ask(facts: GateFacts): GateAnswer;
}

export const open = (gate: string, because: string): GateAnswer => ({ gate, open: true, kind: 'open', because });
export const waiting = (gate: string, because: string): GateAnswer => ({ gate, open: false, kind: 'waiting', because });
export const closed = (gate: string, because: string): GateAnswer => ({ gate, open: false, kind: 'closed', because });
