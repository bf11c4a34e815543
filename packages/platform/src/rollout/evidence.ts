import type { Observation, SlotCounts } from '@plumbline/contract/agent';
import type { ServiceName } from '@plumbline/contract/names';
import { otherSlot, type Slot } from '@plumbline/contract/shape';
import { type Evidence, noRequests, type Tallies, type Tally } from '../monitoring/evidence.ts';

/** Requests of ours by service: they are among those that the target counts. */
export type Probed = Readonly<Record<string, number>>;

/** What the candidate's and the live release's requests got so far, by service. Who got none yet has counts of zero. */
export const evidenceOf = (
  { shape, slotCounts }: Observation,
  services: readonly ServiceName[],
  probed: Probed,
): Evidence => {
  const of = (slot: Slot | undefined, probes: Probed): Tallies => {
    const counted = slot && slotCounts[slot];
    const tallies: Record<ServiceName, Tally> = {};
    for (const service of services) tallies[service] = tallyOf(counted?.[service], probes[service] ?? 0);
    return tallies;
  };
  const stable = shape?.stable;
  return { candidate: of(stable && otherSlot(stable), probed), stable: of(stable, {}) };
};

/** Whether somebody may get the candidate: then its requests say something of it. */
export const hasVisitors = ({ shape }: Observation): boolean =>
  shape !== null && (shape.candidateWeightPercent > 0 || Boolean(shape.cohort));

const tallyOf = (counts: SlotCounts | undefined, synthetic: number): Tally =>
  counts === undefined
    ? noRequests
    : {
        requests: counts.requests,
        failed: counts.errors,
        slowerThan500ms: counts.slowerThan['500'],
        slowerThan1000ms: counts.slowerThan['1000'],
        synthetic,
      };
