import type { Description } from '../environments/description.ts';
import type { Environment } from '../environments/environment.ts';
import type { Settings } from '../environments/settings.ts';
import type { Thresholds } from '../environments/thresholds.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Names } from './names.ts';

/** A file that is written from the description, and never by hand. */
export interface RenderedFile {
  /** From the app's folder, with slashes. */
  readonly path: string;
  /** The whole text; the same bytes for the same description. */
  readonly content: string;
}

/** All that is known of one environment in the cloud. */
export interface Place {
  readonly description: Description;
  readonly environment: Environment;
  /** Those of the target `kubernetes`. */
  readonly settings: Settings;
  readonly names: Names;
  readonly infrastructure: Infrastructure;
  /** The specification's 8.2, with what the environment says otherwise: monitors are made from these. */
  readonly thresholds: Thresholds;
}

/** Writes one kind of files for all environments. Pure: it reads no clock, file or variable. */
export type Renderer = (places: readonly Place[]) => readonly RenderedFile[];
