import type { Manifest } from '../manifest.ts';

/** What one erratum forbids in manifests. */
export interface Rule {
  /** Of the erratum: `E5-4`. */
  readonly id: string;
  /** Which objects break it, and what to do instead. All are given, since one refers to another. */
  find(all: readonly Manifest[]): readonly Broken[];
}

export interface Broken {
  /** `Deployment/connect2-backend-blue`; empty for what is missing altogether. */
  readonly object: string;
  readonly message: string;
}
