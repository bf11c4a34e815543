import type { JournalEntry, Observation, Order, Replica } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import { slots } from '@plumbline/contract/shape';
import type { Target } from './target.ts';

/** How a release behaves in the model. */
export type Behaviour = 'healthy' | 'never-ready' | 'crashes';

export interface ModelTarget extends Target {
  /** Every apply, as a real target journals it: tests see by it that nothing happened twice. */
  readonly journal: readonly Pick<JournalEntry, 'kind' | 'environment' | 'generation' | 'holder' | 'step'>[];
  behave(release: ReleaseId, as: Behaviour): void;
  /** At each look so many visitors come to each service of a release that may have them, of whom that share (0 to 1) is failed. */
  visit(release: ReleaseId, perLook: number, failing: number): void;
}

interface Held {
  order: Order | null;
  generation: number;
  revision: number;
  /** Looks since the order was applied: the model's time. */
  looks: number;
  readonly got: Record<Slot, Got>;
}

const empty = (): Held => ({
  ...{ order: null, generation: 0, revision: 0, looks: 0 },
  got: { blue: { requests: 0, failed: 0 }, green: { requests: 0, failed: 0 } },
});

/** Looks that a replica takes to get ready. */
const looksToReady = 2;

/** A target without processes: replicas get ready by being looked at. For twins and simulations; keeps the real one's rules. */
export const modelTarget = (): ModelTarget => {
  const environments = new Map<EnvironmentName, Held>();
  const behaviours = new Map<ReleaseId, Behaviour>();
  const visits = new Map<ReleaseId, Visits>();
  const journal: ModelTarget['journal'][number][] = [];
  const heldOf = (environment: EnvironmentName): Held => {
    const held = environments.get(environment) ?? empty();
    environments.set(environment, held);
    return held;
  };
  const fenced = (held: Held, generation: number, environment: EnvironmentName): void => {
    if (generation < held.generation)
      throw new Failure('stale-generation', `${environment} is at generation ${held.generation}, not ${generation}`);
    held.generation = generation;
  };
  return {
    kind: 'local',
    journal,
    behave: (release, as) => void behaviours.set(release, as),
    visit: (release, perLook, failing) => void visits.set(release, { perLook, failing }),
    apply: async (order) => {
      const { environment, generation, holder, step } = order.shape;
      const held = heldOf(environment);
      fenced(held, generation, environment);
      const effect = held.order && contentOf(held.order) === contentOf(order) ? 'same' : 'changed';
      if (effect === 'changed') Object.assign(held, { looks: 0, revision: held.revision + 1 });
      held.order = order;
      journal.push({ kind: effect === 'same' ? 'same' : 'applied', environment, generation, holder, step });
      return { effect, generation, revision: held.revision };
    },
    observe: async (environment) => {
      const held = heldOf(environment);
      held.looks++;
      held.revision++;
      letVisitorsCome(held, visits);
      return { ...observationOf(environment, held, behaviours), slotCounts: slotCountsOf(held) };
    },
    fence: async (environment, { generation }) => {
      const held = heldOf(environment);
      fenced(held, generation, environment);
      return { effect: 'same', generation, revision: held.revision };
    },
    stores: async (_, stores) =>
      Object.fromEntries(stores.map(({ name }) => [name, { url: `model://${name}`, because: null }])),
    logs: async function* () {
      // Nothing runs in a model, so nothing prints.
    },
  };
};

interface Visits {
  readonly perLook: number;
  readonly failing: number;
}

/** What visitors got of a slot by now; failures in parts of a request, until they are whole. */
interface Got {
  requests: number;
  failed: number;
}

/** Visitors come at each look, to both slots once the candidate may have some. Of whom nobody visits there are no counts. */
const letVisitorsCome = (held: Held, visits: ReadonlyMap<ReleaseId, Visits>): void => {
  const shape = held.order?.shape;
  for (const slot of slots) {
    const content = shape?.slots[slot];
    const mayHaveVisitors = slot === shape?.stable || (shape?.candidateWeightPercent ?? 0) > 0;
    const visited = content && mayHaveVisitors ? visits.get(content.release) : undefined;
    if (!visited) continue;
    held.got[slot].requests += visited.perLook;
    held.got[slot].failed += visited.perLook * visited.failing;
  }
};

const slotCountsOf = ({ order, got }: Held): Observation['slotCounts'] => {
  const services = [...(order?.specs.blue ?? []), ...(order?.specs.green ?? [])].map(({ name }) => name);
  const of = ({ requests, failed }: Got): Observation['slotCounts'][Slot] => {
    const counted = { requests, errors: Math.floor(failed), slowerThan: { '500': 0, '1000': 0 } };
    return requests === 0 ? {} : Object.fromEntries(services.map((service) => [service, counted]));
  };
  return { blue: of(got.blue), green: of(got.green) };
};

const contentOf = ({ shape, specs }: Order): string => {
  const { stable, slots: held, candidateWeightPercent, cohort = null } = shape;
  return JSON.stringify([stable, held, candidateWeightPercent, cohort, specs]);
};

const observationOf = (
  environment: EnvironmentName,
  held: Held,
  behaviours: ReadonlyMap<ReleaseId, Behaviour>,
): Observation => {
  const replicas = slots.flatMap((slot) => replicasIn(slot, held, behaviours));
  const shape = held.order?.shape ?? null;
  const address = `http://${environment}.localhost:1`;
  return {
    environment,
    revision: held.revision,
    generation: held.generation,
    shape,
    converged: replicas.every(({ state }) => state === 'ready'),
    candidateWeightPercent: shape?.candidateWeightPercent ?? 0,
    replicas,
    counts: {},
    slotCounts: { blue: {}, green: {} },
    countsAgeMs: 0,
    stores: [],
    addresses: { name: address, plain: address, candidate: address },
    now: 0,
  };
};

const replicasIn = (
  slot: Slot,
  { order, looks }: Held,
  behaviours: ReadonlyMap<ReleaseId, Behaviour>,
): readonly Replica[] => {
  const content = order?.shape.slots[slot];
  if (!content) return [];
  const behaviour = behaviours.get(content.release) ?? 'healthy';
  const ready = behaviour === 'healthy' && looks >= looksToReady;
  const restarts = behaviour === 'crashes' ? looks : 0;
  const because = { healthy: null, 'never-ready': 'GET /ready answered 503', crashes: 'exited with code 1' }[behaviour];
  const lastLines = behaviour === 'crashes' ? ['cannot find module "x"'] : [];
  return (order?.specs[slot] ?? []).flatMap(({ name: service }) =>
    Array.from({ length: content.replicas[service] ?? 0 }, (_, index) => ({
      id: `${service}-${slot}-${index}`,
      service,
      slot,
      release: content.release,
      state: ready ? ('ready' as const) : ('starting' as const),
      since: 0,
      pid: 1,
      port: 1,
      restarts,
      because,
      lastLines,
      inFlight: 0,
    })),
  );
};
