import type { Described } from './environments/read.ts';
import type { Database } from './kernel/database.ts';
import type { Lease } from './kernel/lease.ts';
import type { AskClimbDeps } from './pipeline/ask-climb.ts';
import type { ClimbDeps } from './pipeline/climb.ts';
import type { AgentClient } from './targets/local/agent-client.ts';
import type { Target } from './targets/target.ts';

/** What a control plane has opened: every chapter answers its routes with it. */
export interface World {
  readonly home: string;
  readonly directory: string;
  readonly startedAt: number;
  readonly database: Database;
  readonly lease: Lease;
  readonly target: Target;
  readonly agent: AgentClient;
  readonly deps: ClimbDeps & AskClimbDeps;
  /** The description as it is in the folder now. Throws `description-invalid` with every error. */
  described(): Promise<Described>;
  /** Seals the audit now. */
  seal(): Promise<void>;
  /** The sequence number up to which the audit is sealed by a signed checkpoint. */
  sealed(): number;
  /** Fires when the control plane closes. */
  readonly closing: AbortSignal;
}
