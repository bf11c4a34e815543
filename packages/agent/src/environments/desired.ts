import { createHash } from 'node:crypto';
import type { Order } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import type { ServiceSpec } from '@plumbline/contract/service-spec';
import { type Slot, slots } from '@plumbline/contract/shape';

/** So many replicas of one service of one release in one slot. */
export interface Group {
  readonly slot: Slot;
  readonly service: ServiceName;
  readonly release: ReleaseId;
  readonly wanted: number;
  readonly spec: ServiceSpec;
  /** Differs when a running replica would have to be started anew to be as the spec says. */
  readonly program: string;
}

/** What an order wants of replicas, group by group. Workers run in the stable slot alone. */
export const groupsOf = (order: Order): readonly Group[] =>
  slots.flatMap((slot) => {
    const content = order.shape.slots[slot];
    if (content === null) return [];
    return specsOf(order, slot)
      .filter((spec) => spec.route !== null || slot === order.shape.stable)
      .map((spec) => ({
        slot,
        service: spec.name,
        release: content.release,
        wanted: content.replicas[spec.name] ?? 0,
        spec,
        program: programOf(spec),
      }));
  });

export const specsOf = (order: Order, slot: Slot): readonly ServiceSpec[] => order.specs[slot] ?? [];

/** Refuses an order whose shape names what the order does not describe. */
export const assertWhole = (order: Order): void => {
  for (const slot of slots) {
    const content = order.shape.slots[slot];
    if (content === null) continue;
    const known = specsOf(order, slot).map((spec) => spec.name);
    if (known.length === 0) throw incomplete(`${slot} holds ${content.release}, but the order has no specs for it`);
    const unknown = Object.keys(content.replicas).find((service) => !known.some((name) => name === service));
    if (unknown) throw incomplete(`${slot} wants replicas of ${unknown}, which is no service of ${content.release}`);
  }
};

const incomplete = (message: string): Failure =>
  new Failure('bad-input', message, {
    hint: 'give the specs of every slot that holds a release, with all services that it counts',
  });

const programOf = ({ start, folder, variables }: ServiceSpec): string =>
  createHash('sha256')
    .update(JSON.stringify([start, folder, Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest('hex')
    .slice(0, 16);
