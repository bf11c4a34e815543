import { isDeepStrictEqual } from 'node:util';
import { type Order, order } from '@plumbline/contract/agent';
import { releaseId } from '@plumbline/contract/names';
import { storeSpec } from '@plumbline/contract/service-spec';
import { z } from 'zod';

/** What is on disk of an environment: the last order, and the highest generation seen. */
export const keptOrder = z.object({
  generation: z.int().min(0),
  order: order.nullable(),
  /** The journal's last entry when the order was kept: one of this environment comes after it once it is told. */
  toldAfter: z.int().default(0),
  stores: z.array(storeSpec),
  /** Below every revision that will be told: raised by a great step whenever an agent starts. */
  revisionBase: z.int(),
  /** Releases that a slot held lately, the latest last: their counts are kept. */
  lately: z.array(releaseId),
});
export type KeptOrder = z.infer<typeof keptOrder>;

export const nothingKept: KeptOrder = {
  generation: 0,
  order: null,
  toldAfter: 0,
  stores: [],
  revisionBase: 0,
  lately: [],
};

/** Greater than the changes that any agent sees in its life. */
export const revisionStep = 1_000_000_000;

/** Whether two orders want the very same, whoever asks and with whatever generation. */
export const wantsTheSame = (one: Order | null, other: Order): boolean =>
  one !== null && isDeepStrictEqual(wanted(one), wanted(other));

const wanted = (order: Order) => ({
  ...contentOf(order),
  specs: order.specs,
  stores: order.stores,
  hosts: order.hosts,
});

/** What the shape of an order says, without whose it is. */
export const contentOf = ({ shape }: Order) => ({
  stable: shape.stable,
  slots: shape.slots,
  candidateWeightPercent: shape.candidateWeightPercent,
  cohort: shape.cohort ?? null,
});

const countedReleases = 6;

/** The releases whose counts are kept once this order is in effect. */
export const latelyWith = (lately: KeptOrder['lately'], { shape }: Order): KeptOrder['lately'] => {
  const now = [shape.slots.blue, shape.slots.green].flatMap((content) => content?.release ?? []);
  return [...lately.filter((release) => !now.includes(release)), ...new Set(now)].slice(-countedReleases);
};
