import { type ReleaseId, releaseId, type ServiceName } from '@plumbline/contract/names';
import type { CheckOutcome, ReleaseContent, ReleaseMark } from '@plumbline/contract/release';
import { canonicalJson, sha256 } from '../kernel/canonical-json.ts';
import { unpackArtefact } from './artefact.ts';
import { type BuildOrder, type Built, buildServices } from './build.ts';
import { contentOf } from './release-content.ts';

export interface ReleaseOrder extends BuildOrder {
  /** What the checks found; a release remembers it. */
  readonly checks: readonly CheckOutcome[];
  /** Whether the snapshot is of uncommitted work. */
  readonly dirty: boolean;
}

/** A release before it is written down: with the rest of what is told of it, it is one for `keepRelease`. */
export interface MadeRelease {
  readonly id: ReleaseId;
  readonly content: ReleaseContent;
  readonly marks: readonly ReleaseMark[];
  readonly checks: readonly CheckOutcome[];
  /** Of all its artefacts. */
  readonly bytes: number;
  readonly built: readonly Built[];
}

/** Builds every service once, and makes a release of it. The same sources, stamp and description make the same release. */
export const buildRelease = async (order: ReleaseOrder): Promise<MadeRelease> => {
  const { description, home, checks, stamp, signal } = order;
  const built = await buildServices(order);
  const artefacts = new Map(built.map(({ service, digest }) => [service, digest]));
  const folders = new Map<ServiceName, string>();
  for (const { service, digest } of built) folders.set(service, await unpackArtefact(home, digest, signal));
  const content = await contentOf(description, artefacts, folders, stamp);
  return {
    id: idOf(content),
    content,
    marks: marksOf(order),
    checks,
    bytes: [...new Map(built.map((one) => [one.digest, one.bytes])).values()].reduce((sum, bytes) => sum + bytes, 0),
    built,
  };
};

/** `r-` and the first 12 hexadecimal digits of the digest of its content. */
export const idOf = (content: ReleaseContent): ReleaseId =>
  releaseId.parse(`r-${sha256(canonicalJson(content)).slice(0, 12)}`);

const marksOf = ({ dirty, checks, description }: ReleaseOrder): readonly ReleaseMark[] => {
  const isRequired = (name: string) => description.checks[name]?.required ?? true;
  const isUnaudited = checks.some(({ name, state }) => state === 'not-run' && isRequired(name));
  return [...(dirty ? (['dirty'] as const) : []), ...(isUnaudited ? (['unaudited'] as const) : [])];
};
