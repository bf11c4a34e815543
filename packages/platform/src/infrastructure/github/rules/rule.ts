import type { Path } from '../../../environments/yaml-file.ts';
import type { Workflow } from '../workflow.ts';

/** What one erratum forbids in workflows. */
export interface Rule {
  /** Of the erratum: `E3-9`. */
  readonly id: string;
  /** Where it is broken, and what to do instead. All workflows are given, since one may call another. */
  find(workflow: Workflow, all: readonly Workflow[]): readonly Broken[];
}

export interface Broken {
  readonly at: Path;
  readonly message: string;
}
