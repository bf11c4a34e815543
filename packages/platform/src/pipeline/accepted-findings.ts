import type { DeliverDeps } from './deliver-deps.ts';
import type { Underway } from './underway.ts';

/** Records which findings of the migration check were passed because their files accept them, and why: each once. */
export const recordAccepted = async (
  deps: DeliverDeps,
  {
    id,
    environment,
    release,
    askedBy,
    safety,
  }: Pick<Underway, 'id' | 'environment' | 'release' | 'askedBy' | 'safety'>,
): Promise<void> => {
  const accepted = safety?.findings.filter((finding) => finding.accepted !== null) ?? [];
  if (accepted.length === 0) return;
  await deps.database.transaction(async (tx) => {
    for (const { file, line, id: finding, message, accepted: why } of accepted)
      await deps.record(tx, {
        who: askedBy,
        what: 'migration.accepted',
        subject: id,
        why,
        detail: { environment, release: release.id, file, line, finding, message },
        key: `${id}/accepted/${file}/${finding}/${line}`,
      });
  });
};
