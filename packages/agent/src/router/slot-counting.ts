import { type SlotCounts, slotCounts } from '@plumbline/contract/agent';
import { type EnvironmentName, environmentName, type ServiceName, serviceName } from '@plumbline/contract/names';
import { type Slot, slots } from '@plumbline/contract/shape';
import { z } from 'zod';
import type { Answered } from './answered.ts';
import { isFailed } from './counts.ts';

const ofSlots = z.object({ blue: z.record(serviceName, slotCounts), green: z.record(serviceName, slotCounts) });
/** By slot and service. */
export type CountsOfSlots = z.infer<typeof ofSlots>;

/** What is kept across a restart of the agent: parse it with this. */
export const savedSlotCounts = z.record(environmentName, ofSlots);
export type SavedSlotCounts = z.infer<typeof savedSlotCounts>;

export interface SlotCounting {
  readonly add: (one: Answered) => void;
  save(): SavedSlotCounts;
}

/** Cumulative counts of each slot, from where `saved` left off. Nothing is ever forgotten: there are two slots. */
export const createSlotCounting = (saved: SavedSlotCounts = {}): SlotCounting => {
  const environments = new Map<EnvironmentName, Record<Slot, Map<ServiceName, Tally>>>();
  for (const [environment, counted] of Object.entries(saved))
    environments.set(environmentName.parse(environment), read(counted));
  return {
    add: (one) => {
      const held = environments.get(one.environment) ?? { blue: new Map(), green: new Map() };
      environments.set(one.environment, held);
      const tally = held[one.slot].get(one.service) ?? { requests: 0, errors: 0, slowerThan: { '500': 0, '1000': 0 } };
      held[one.slot].set(one.service, tally);
      tally.requests += 1;
      if (isFailed(one)) tally.errors += 1;
      for (const limit of ['500', '1000'] as const) if (one.waitMs > Number(limit)) tally.slowerThan[limit] += 1;
    },
    save: () => Object.fromEntries([...environments].map(([environment, held]) => [environment, written(held)])),
  };
};

interface Tally {
  requests: number;
  errors: number;
  slowerThan: Record<'500' | '1000', number>;
}

type Held = Record<Slot, Map<ServiceName, Tally>>;

const read = (counted: CountsOfSlots): Held => {
  const held: Held = { blue: new Map(), green: new Map() };
  for (const slot of slots)
    for (const [service, kept] of Object.entries(counted[slot]))
      held[slot].set(serviceName.parse(service), copied(kept));
  return held;
};

const written = (held: Held): CountsOfSlots => ({ blue: ofServices(held.blue), green: ofServices(held.green) });

const ofServices = (services: ReadonlyMap<ServiceName, Tally>): Record<ServiceName, SlotCounts> =>
  Object.fromEntries([...services].map(([service, tally]) => [service, copied(tally)]));

const copied = (tally: SlotCounts): Tally => ({ ...tally, slowerThan: { ...tally.slowerThan } });
