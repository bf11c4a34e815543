import { type ServiceName, serviceName } from '@plumbline/contract/names';
import { type Evidence, noRequests, type Tally } from '../evidence.ts';
import { type JudgeSettings, judgeSettings } from '../settings.ts';
import { beginStep, beginTrial, type Trial, weigh } from '../trial.ts';
import { verdictKindOf } from '../verdict.ts';

/** What a simulated candidate does to a request, as shares from 0 to 1. */
export interface Ways {
  readonly failing: number;
  readonly slow: number;
}

/** How a simulated rollout ended. */
export interface Ended {
  readonly aborted: boolean;
  /** Requests that the candidate got until then. */
  readonly requests: number;
  readonly seconds: number;
  /** Seconds until the first step passed; null when it never did. */
  readonly firstPass: number | null;
  /** A step did not pass within five minutes, or a warning held it: a person was asked, and said to go on. */
  readonly held: boolean;
}

const backend = serviceName.parse('backend');
const frontend = serviceName.parse('frontend');

/** Two services of which one gets four requests of five, 50 requests a second in all, and a look a second. */
export const simulated = {
  services: [backend, frontend] as readonly ServiceName[],
  requestsPerSecond: 50,
  backendShare: 0.8,
  weights: [5, 10, 25, 50, 100],
  askAfterSeconds: 300,
  bakeRequests: 5_000,
} as const;

export const simulatedSettings = (given: Partial<JudgeSettings> = {}): JudgeSettings =>
  judgeSettings(simulated.services, given);

/** One rollout with its bake. Stable is well throughout, so that nothing excuses the candidate. */
export const simulate = (settings: JudgeSettings, ways: Ways, random: () => number): Ended => {
  const traffic = newTraffic(ways, random);
  let trial = beginTrial(settings, traffic.evidence());
  let firstPass: number | null = null;
  let held = false;
  for (const weight of simulated.weights) {
    const step = climb(beginStep(trial, traffic.evidence()), traffic, weight);
    trial = step.trial;
    if (step.answer === 'fail') return { aborted: true, ...traffic.sofar(), firstPass, held };
    if (step.answer === 'pass') firstPass ??= traffic.sofar().seconds;
    else held = true;
  }
  const baked = bake(trial, traffic);
  return { aborted: baked, ...traffic.sofar(), firstPass, held };
};

const climb = (
  begun: Trial,
  traffic: Traffic,
  weight: number,
): { readonly trial: Trial; readonly answer: 'pass' | 'fail' | 'ask' } => {
  let trial = begun;
  for (let second = 0; second < simulated.askAfterSeconds; second++) {
    trial = weigh(trial, traffic.aSecond(weight));
    const kind = verdictKindOf(trial);
    if (kind === 'fail' || kind === 'pass') return { trial, answer: kind };
  }
  return { trial, answer: 'ask' };
};

const bake = (begun: Trial, traffic: Traffic): boolean => {
  let trial = begun;
  for (let second = 0; second < simulated.bakeRequests / simulated.requestsPerSecond; second++) {
    trial = weigh(trial, traffic.aSecond(100));
    if (verdictKindOf(trial) === 'fail') return true;
  }
  return false;
};

interface Traffic {
  evidence(): Evidence;
  aSecond(weight: number): Evidence;
  sofar(): { readonly requests: number; readonly seconds: number };
}

const newTraffic = (ways: Ways, random: () => number): Traffic => {
  const tallies = [{ ...noRequests }, { ...noRequests }] as const;
  const stable: Tally = noRequests;
  let due = 0;
  let seconds = 0;
  const evidence = (): Evidence => ({
    candidate: { [backend]: { ...tallies[0] }, [frontend]: { ...tallies[1] } },
    stable: { [backend]: stable, [frontend]: stable },
  });
  return {
    evidence,
    aSecond(weight) {
      seconds += 1;
      due += (simulated.requestsPerSecond * weight) / 100;
      for (; due >= 1; due -= 1) request(tallies[random() < simulated.backendShare ? 0 : 1], ways, random);
      return evidence();
    },
    sofar: () => ({ requests: tallies[0].requests + tallies[1].requests, seconds }),
  };
};

const request = (
  tally: { -readonly [count in keyof Tally]: Tally[count] },
  { failing, slow }: Ways,
  random: () => number,
): void => {
  tally.requests += 1;
  if (random() < failing) tally.failed += 1;
  if (slow > 0 && random() < slow) {
    tally.slowerThan500ms += 1;
    tally.slowerThan1000ms += 1;
  }
};
