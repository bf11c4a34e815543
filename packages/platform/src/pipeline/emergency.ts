import type { Freeze } from '../freezes/freeze.ts';
import { timeWords } from '../freezes/words.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import type { Underway } from './underway.ts';

/** Records what an emergency passed: each freeze once, however often it is met. */
export const recordEmergency = (
  deps: DeliverDeps,
  { id, environment, release, askedBy, reason }: Underway,
  passed: readonly Freeze[],
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    for (const { name, by, reason: frozenFor, when, zone } of passed)
      await deps.record(tx, {
        who: askedBy,
        what: 'delivery.emergency',
        subject: id,
        why: reason,
        detail: {
          environment,
          release: release.id,
          freeze: { name, by, reason: frozenFor, when: timeWords(when, zone) },
        },
        key: `${id}/emergency/${by}/${name}`,
      });
  });
