import type { DeliveryKind, StageName } from '@plumbline/contract/delivery';
import type { MigrationCheck } from '@plumbline/contract/migration-check';
import type { ClimbId, DeliveryId, EnvironmentName } from '@plumbline/contract/names';
import type { Release } from '@plumbline/contract/release';
import type { ServiceSpec } from '@plumbline/contract/service-spec';
import type { Shape, Slot } from '@plumbline/contract/shape';
import type { Settings } from '../environments/settings.ts';
import type { Durable } from '../kernel/durable.ts';
import type { JudgeSettings } from '../monitoring/settings.ts';
import type { RolloutOrder, RolloutStep } from '../rollout/walk.ts';
import type { Judging } from '../rollout/watch.ts';
import type { Rules } from '../rollout/without-verdict.ts';
import type { DeliverDeps } from './deliver-deps.ts';

/** A delivery that has its environment and its plan: all that its stages are told, and the same in every replay. */
export interface Underway {
  readonly id: DeliveryId;
  readonly kind: DeliveryKind;
  readonly environment: EnvironmentName;
  readonly climb: ClimbId | null;
  readonly askedBy: string;
  readonly reason: string | null;
  /** It passes freezes. */
  readonly emergency: boolean;
  readonly release: Release;
  readonly settings: Settings;
  readonly order: RolloutOrder;
  readonly steps: readonly RolloutStep[];
  readonly candidate: Slot;
  /** How the services of each side are started; the live ones as they were delivered, whatever the settings say by now. */
  readonly specs: { readonly candidate: readonly ServiceSpec[]; readonly live: readonly ServiceSpec[] | null };
  readonly settleWithinMs: number;
  readonly rules: Rules;
  /** How the candidate is judged; null where no visitor reaches any service of it. */
  readonly judge: JudgeSettings | null;
  /** Migrations that it applies, or undoes. */
  readonly pending: readonly string[];
  /** Contracts that it leaves for a delivery of their own. */
  readonly contracts: readonly string[];
  /** What its migrations would do to the release that runs; null when there are none, or nobody whom they could hurt. */
  readonly safety: MigrationCheck | null;
}

/** How a stage ended; with the shape that it applied last and what it learnt of the candidate, where it moved anything. */
export interface StageEnd {
  readonly kind: 'done' | 'skipped' | 'failed' | 'aborted' | 'superseded';
  readonly because: string;
  readonly present?: Shape | null;
  readonly judging?: Judging | null;
}

/** A part of a delivery. */
export interface StageOf {
  readonly name: StageName;
  /** `judging` is what is known of the candidate by now. */
  run(deps: DeliverDeps, underway: Underway, judging: Judging | null): (durable: Durable) => Promise<StageEnd>;
}
