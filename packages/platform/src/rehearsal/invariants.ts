import { otherSlot, type Shape } from '@plumbline/contract/shape';
import { namedEntries } from '../environments/named.ts';
import type { RolloutStep } from '../rollout/walk.ts';
import type { Watched } from '../rollout/watch.ts';
import type { Rehearsal } from './rehearse.ts';
import type { World } from './world.ts';

/** Looks on and writes down what may never be, whatever breaks. */
export interface Invariants {
  readonly broken: readonly string[];
  ordered(step: RolloutStep): void;
  /** A watch came to its decision. */
  decided(step: string, watched: Watched): void;
  goesBack(): void;
  changed(): void;
  ended(): void;
}

export const watchInvariants = (rehearsal: Rehearsal, world: World): Invariants => {
  const broken: string[] = [];
  const isWarm = rehearsal.strategy !== 'rolling';
  const replicasDie = rehearsal.scenario.faults.some(({ kind }) => kind === 'replicas-die');
  const live = rehearsal.order.present?.slots[rehearsal.order.present.stable] ?? null;
  let atStep = new Map<string, number>();
  let lowest: number | null = null;
  /** The bake is over: who goes back after this has given the warm slot away. */
  let isPromoted = false;
  const say = (what: string): void => {
    if (broken.length < 20) broken.push(`at ${world.now()} ms: ${what}`);
  };
  const wholeStable = (replicasOf: (service: string) => number, what: string): void => {
    for (const [service, count] of namedEntries(live?.replicas ?? {}))
      if (replicasOf(service) < count) say(`${what}: stable has ${replicasOf(service)} of ${count} ${service}`);
  };
  return {
    broken,
    ordered: ({ name, shape }) => {
      isPromoted ||= shape.slots[shape.stable]?.release === world.releases.candidate;
      const candidate = world.releases.candidate;
      atStep = new Map(rehearsal.order.routed.map((one) => [one, world.requests.of(candidate, one)]));
      if (isWarm && live && holds(shape, live.release))
        wholeStable((service) => replicasIn(shape, live.release, service), `${name} is ordered`);
      const weight = orderedShare(shape, candidate);
      if (lowest !== null && weight > lowest) say(`${name} gives ${weight} % to a candidate that was to lose it`);
      if (lowest !== null) lowest = weight;
    },
    decided: (step, { action }) => {
      const planned = rehearsal.steps.find(({ name }) => step === `watch: ${name}`);
      if (!planned?.judged || action.kind !== 'settled' || action.unproven || action.because.includes(' let it go on'))
        return;
      for (const service of rehearsal.judge?.services ?? []) {
        const got = world.requests.of(world.releases.candidate, service) - (atStep.get(service) ?? 0);
        const least = rehearsal.judge?.leastRequests ?? 0;
        if (got < least) say(`${planned.name} passed after ${got} requests of ${service}; it takes ${least}`);
      }
    },
    goesBack: () => {
      lowest ??= world.share();
      const shape = world.shape();
      if (shape) lowest = orderedShare(shape, world.releases.candidate);
    },
    changed: () => {
      const shape = world.shape();
      if (!shape || !live || !holds(shape, live.release)) return;
      overweight(rehearsal, world, shape, say);
      if (isWarm && !isPromoted && !replicasDie && shape.slots[shape.stable]?.release === live.release)
        wholeStable((service) => world.replicas.ready(shape.stable, service as never), 'now');
    },
    ended: () => {
      const effects = new Map<string, number>();
      for (const { step, effect } of world.arrivals)
        if (effect === 'changed') effects.set(step, (effects.get(step) ?? 0) + 1);
      for (const [step, count] of effects) if (count > 1) say(`${step} took effect ${count} times`);
    },
  };
};

/** The candidate has a ready replica for each share of visitors that one would have of a whole release, or of all that are ready. */
const overweight = ({ order }: Rehearsal, world: World, shape: Shape, say: (what: string) => void): void => {
  const candidate = otherSlot(shape.stable);
  const weight = world.share();
  if (weight === 0 || shape.slots[candidate]?.release !== order.release) return;
  const stableServes = order.routed.every((service) => world.replicas.ready(shape.stable, service) > 0);
  if (!stableServes) return;
  for (const service of order.routed) {
    const ready = world.replicas.ready(candidate, service);
    const full = Math.min(
      order.replicas[service] ?? 0,
      order.present?.slots[shape.stable]?.replicas[service] ?? 0,
      ready + world.replicas.ready(shape.stable, service),
    );
    if (full > 0 && weight * full > 100 * ready + 1e-6)
      say(`${weight} % of ${service}'s visitors for ${ready} ready replicas of ${full}`);
  }
};

const holds = ({ slots }: Shape, release: string): boolean =>
  slots.blue?.release === release || slots.green?.release === release;

const replicasIn = ({ slots }: Shape, release: string, service: string): number => {
  const content = slots.blue?.release === release ? slots.blue : slots.green;
  return Object.entries(content?.replicas ?? {}).find(([name]) => name === service)?.[1] ?? 0;
};

const orderedShare = ({ slots, stable, candidateWeightPercent }: Shape, candidate: string): number => {
  if (slots[stable]?.release === candidate) return 100;
  return slots[otherSlot(stable)]?.release === candidate ? candidateWeightPercent : 0;
};
