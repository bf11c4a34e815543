import { slots } from '@plumbline/contract/shape';
import type { RolloutStep } from '../rollout/walk.ts';
import type { MoveDeps } from './delivery.ts';
import type { Lives } from './lives.ts';
import type { People } from './people.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** Somebody was asked, and nobody came: the rehearsal ends there. */
export class NobodyCame extends Error {
  override readonly name = 'NobodyCame';
}

/** It goes on and on: no plan that is right does that. */
export class NeverEnds extends Error {
  override readonly name = 'NeverEnds';
}

export interface ModelParts {
  readonly world: World;
  readonly people: People;
  readonly lives: Lives;
  readonly scenario: Scenario;
  readonly tellEveryMs: number;
  /** A shape is on its way to the target, under that generation. */
  ordered(step: RolloutStep, generation: number): void;
  applied(step: RolloutStep): void;
  told(at: string, because: string, asks: boolean): void;
  decided(to: 'promote' | 'go-back'): void;
}

/** As often as a delivery looks. */
const lookEveryMs = 500;
/** Requests of ours to each service at one look, as in a delivery. */
const probesPerLook = 5;
const applyMs = 20;
const longestMs = 6 * 3_600_000;
/** Between two looks, so that time passes whatever happens. */
const leastMs = 1;

/** What a rollout needs, made of a modelled world in which time passes when somebody waits. */
export const modelDeps = (parts: ModelParts): MoveDeps => {
  const { world, people, lives, scenario } = parts;
  // As a row in the database: it outlives every control plane.
  let generation = 1;
  const wait = (untilMs: number): void => {
    // One who dies meanwhile sees nothing of what comes after.
    world.passTo(Math.min(untilMs, Math.max(lives.diesAt(), world.now())));
    lives.live(world.now());
    if (people.nobodyComes(world.now())) throw new NobodyCame();
    if (world.now() > longestMs) throw new NeverEnds();
  };
  const toAnswer = (): void => {
    while (world.answersAt() > world.now()) wait(world.answersAt());
  };
  return {
    apply: async (step) => {
      const mine = ++generation;
      parts.ordered(step, mine);
      lives.boundary(world.now());
      wait(world.now() + applyMs);
      toAnswer();
      const applied = world.apply({ step, generation: mine });
      people.stepBegan(step.name, world.now());
      parts.applied(step);
      return applied;
    },
    observe: async (after) => {
      if (after !== undefined) {
        const now = world.now();
        wait(Math.min(now + lookEveryMs, Math.max(world.changesAt(), now + leastMs), people.speakAt(now)));
      }
      toAnswer();
      return world.observe();
    },
    hold: async () => null,
    commands: async (at) => people.heard(at, world.now()),
    smoke: async () => {
      wait(world.now() + scenario.smoke.takesMs);
      return scenario.smoke.passes
        ? { kind: 'passed' }
        : { kind: 'failed', because: 'the smoke test failed, as the scenario says' };
    },
    probe: async () => {
      if (scenario.probes === 'none' || !isCandidateUp(world)) return {};
      const services = Object.keys(scenario.requestsPerSecond) as (keyof Scenario['requestsPerSecond'])[];
      for (const service of services)
        world.requests.probe(service, probesPerLook, scenario.probes === 'always-well', world.now());
      return Object.fromEntries(services.map((service) => [service, probesPerLook]));
    },
    tell: async (wait, at) => {
      const asks = wait?.heldBy === 'person';
      people.asked(wait && asks ? wait.because : null, world.now());
      if (wait) parts.told(at, wait.because, asks);
    },
    tellEveryMs: parts.tellEveryMs,
    monotonicMs: () => world.now(),
    now: () => world.now(),
    decided: parts.decided,
  };
};

/** A probe that nobody answers is not counted as sent. */
const isCandidateUp = (world: World): boolean => {
  const shape = world.shape();
  const slot = shape && slots.find((one) => shape.slots[one]?.release === world.releases.candidate);
  return slot ? world.replicas.seen().some((one) => one.slot === slot && one.state === 'ready') : false;
};
