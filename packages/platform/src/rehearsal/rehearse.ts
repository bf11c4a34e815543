import type { StrategyName } from '@plumbline/contract/delivery';
import { seeded } from '../monitoring/simulation/random.ts';
import type { RolloutStep } from '../rollout/walk.ts';
import type { Watched } from '../rollout/watch.ts';
import { type Moved, type MovedEnd, move } from './delivery.ts';
import { modelDeps, NeverEnds, NobodyCame } from './deps.ts';
import { watchInvariants } from './invariants.ts';
import { openLedger, type Sums } from './ledger.ts';
import { modelLives } from './lives.ts';
import { modelPeople } from './people.ts';
import type { Scenario } from './scenario.ts';
import { Died, type Life, type Records, twin } from './twin.ts';
import { type Arrival, openWorld } from './world.ts';

/** A delivery's rollout, and what is supposed of the world in which it happens. */
export interface Rehearsal extends Moved {
  readonly strategy: StrategyName;
  readonly scenario: Scenario;
}

export interface Rehearsed extends Sums {
  /** `waiting`: a person was asked and nobody came. `endless`: it still went on after six hours. */
  readonly outcome: MovedEnd['kind'] | 'waiting' | 'endless';
  readonly because: string;
  /** Steps that went on without a verdict. */
  readonly unproven: readonly string[];
  /** What may never be, and was. */
  readonly broken: readonly string[];
  /** Points at which the control plane could have died. */
  readonly boundaries: number;
  /** Every order that reached the target. */
  readonly arrivals: readonly Arrival[];
}

export interface RehearseOptions {
  /** The same seed gives the same run. */
  readonly seed: number;
  /** Whether what happens is written down: that makes words, which take time. Default false. */
  readonly withTimeline?: boolean;
}

/** Runs the rollout of a delivery, its bake and its promotion or its way back, by the code that a delivery runs, in virtual time. */
export const rehearse = async (
  rehearsal: Rehearsal,
  { seed, withTimeline = false }: RehearseOptions,
): Promise<Rehearsed> => {
  const stage = setStage(rehearsal, seed, withTimeline);
  const { world, lives, ledger, invariants } = stage;
  const end = await liveOnAndOn(rehearsal, stage);
  world.passTo(world.lastArrivalAt());
  invariants.ended();
  const { broken } = invariants;
  return { ...end, ...ledger.sums(), broken, boundaries: lives.passed(), arrivals: world.arrivals };
};

interface Stage {
  readonly world: ReturnType<typeof openWorld>;
  readonly lives: ReturnType<typeof modelLives>;
  readonly people: ReturnType<typeof modelPeople>;
  readonly ledger: ReturnType<typeof openLedger>;
  readonly invariants: ReturnType<typeof watchInvariants>;
  readonly withTimeline: boolean;
}

const setStage = (rehearsal: Rehearsal, seed: number, withTimeline: boolean): Stage => {
  const { scenario, order } = rehearsal;
  const world = openWorld(scenario, order, seeded(seed));
  const invariants = watchInvariants(rehearsal, world);
  const ledger = openLedger(world, withTimeline);
  world.onChange(() => {
    ledger.changed();
    invariants.changed();
  });
  return { world, lives: modelLives(scenario), people: modelPeople(scenario), ledger, invariants, withTimeline };
};

type End = Pick<Rehearsed, 'outcome' | 'because' | 'unproven'>;

/** One control plane after the other goes on with what the ones before it recorded. */
const liveOnAndOn = async (rehearsal: Rehearsal, stage: Stage): Promise<End> => {
  const { world, lives, people, ledger, withTimeline } = stage;
  let underway: { readonly step: RolloutStep; readonly generation: number } | null = null;
  const deps = modelDeps({
    ...{ world, people, lives, scenario: rehearsal.scenario },
    tellEveryMs: withTimeline ? 10_000 : Number.POSITIVE_INFINITY,
    ordered: (step, generation) => {
      underway = { step, generation };
      stage.invariants.ordered(step);
    },
    applied: ({ name, because }) => {
      underway = null;
      ledger.note(name, because);
    },
    told: (at, because, asks) => ledger.note(at, asks ? `asks a person: ${because}` : `waits: ${because}`),
    decided: (to) => {
      ledger.decided();
      if (to === 'go-back') stage.invariants.goesBack();
    },
  });
  const records: Records = [];
  for (;;) {
    try {
      const { kind, because, unproven } = await move(deps)(twin(records, lifeOf(stage)), rehearsal);
      return { outcome: kind, because, unproven };
    } catch (error) {
      const end = endOf(error, people.question());
      if (end) return end;
      const { backAfterMs, actsLateMs } = lives.death();
      ledger.note('control plane', 'dies');
      if (underway && actsLateMs !== null) world.arriveLater(world.now() + actsLateMs, underway);
      underway = null;
      world.passTo(world.now() + backAfterMs);
      ledger.note('control plane', 'another one goes on');
    }
  }
};

const lifeOf = ({ world, lives, ledger, invariants }: Stage): Life => ({
  boundary: () => lives.boundary(world.now()),
  now: world.now,
  recorded: (step, result) => {
    if (!step.startsWith('watch')) return;
    // What a watch records is what it watched.
    const watched = result as Watched;
    ledger.note(step, `${watched.action.kind}: ${watched.action.because}`);
    invariants.decided(step, watched);
  },
});

/** Null for a death, after which another control plane goes on. */
const endOf = (error: unknown, question: string): End | null => {
  if (error instanceof Died) return null;
  if (error instanceof NobodyCame) return { outcome: 'waiting', because: question, unproven: [] };
  if (error instanceof NeverEnds) return { outcome: 'endless', because: 'it goes on after six hours', unproven: [] };
  throw error;
};
