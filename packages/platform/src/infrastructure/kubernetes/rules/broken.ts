import { type Manifest, titleOf } from '../manifest.ts';
import type { Broken } from './rule.ts';

/** What is said of an object, where it is so. */
export const broken = (manifest: Manifest | null, isSo: boolean, message: string): readonly Broken[] =>
  isSo ? [{ object: manifest ? titleOf(manifest) : '', message }] : [];
