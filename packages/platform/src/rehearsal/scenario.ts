import type { ServiceName } from '@plumbline/contract/names';

/** What a rehearsal supposes: traffic, how both releases behave, what breaks, and what people say. Times are milliseconds since the rollout began. */
export interface Scenario {
  readonly name: string;
  readonly requestsPerSecond: Readonly<Record<ServiceName, number>>;
  readonly candidate: ReleaseModel;
  readonly stable: ReleaseModel;
  /** How probes of ours fare where visitors are too few: there are none, or they meet the candidate's faults, or never do. */
  readonly probes: 'none' | 'like-visitors' | 'always-well';
  readonly smoke: { readonly passes: boolean; readonly takesMs: number };
  readonly faults: readonly Fault[];
  readonly people: readonly Said[];
  readonly deaths: readonly Death[];
  /** Who is asked and does not answer for so long does not come in this rehearsal. */
  readonly patienceMs: number;
}

export interface ReleaseModel {
  /** The last phase whose time has come holds; one before all of them fails nobody. */
  readonly phases: readonly Phase[];
  readonly start: Start;
}

/** How requests end from some moment on. */
export interface Phase {
  /** Begins when the candidate first has this weight, in percent; 0: with the rollout. */
  readonly fromWeightPercent: number;
  /** And so long after that. */
  readonly afterMs: number;
  /** Shares from 0 to 1. */
  readonly failing: number;
  /** Slower than a second. */
  readonly slow: number;
}

/** What becomes of a replica that starts. Each takes up to half as long again, by chance. */
export type Start =
  | { readonly kind: 'gets-ready'; readonly afterMs: number }
  | { readonly kind: 'never-ready' }
  | { readonly kind: 'crashes'; readonly afterMs: number };

export type Side = 'stable' | 'candidate';

export type Fault =
  /** Replicas die; they start again unless it is for good. */
  | {
      readonly kind: 'replicas-die';
      readonly atMs: number;
      readonly side: Side;
      /** Null: of every service. */
      readonly service: ServiceName | null;
      readonly count: number;
      readonly forGood: boolean;
    }
  /** Counts stand still, or are not there. */
  | { readonly kind: 'counts-stand-still' | 'counts-missing'; readonly atMs: number; readonly forMs: number }
  /** The target answers nobody. */
  | { readonly kind: 'target-away'; readonly atMs: number; readonly forMs: number };

/** What a person does, at a moment or so long after a step began. */
export interface Said {
  readonly what: 'abort' | 'proceed' | 'supersede';
  readonly afterMs: number;
  /** Null: since the rollout began. */
  readonly step: string | null;
}

/** The control plane dies, and another one goes on. */
export interface Death {
  /** The next boundary from this moment on, or the boundary of that number, counted from 1 over all lives. */
  readonly at: { readonly ms: number } | { readonly boundary: number };
  readonly backAfterMs: number;
  /**
   * Not dead but stuck on its way to the target: so long after its death its order arrives there after all.
   * Null: it never does.
   */
  readonly actsLateMs: number | null;
}
