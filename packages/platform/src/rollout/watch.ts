import type { Observation } from '@plumbline/contract/agent';
import type { Shape } from '@plumbline/contract/shape';
import type { JudgeSettings } from '../monitoring/settings.ts';
import { beginStep, beginTrial, type Trial, weigh } from '../monitoring/trial.ts';
import { type Verdict, verdictOf } from '../monitoring/verdict.ts';
import { evidenceOf, hasVisitors, type Probed } from './evidence.ts';
import { type Abort, type Facts, isSettled } from './facts.ts';
import type { Action, Wait } from './next-action.ts';

export interface WatchDeps {
  /** Waits a moment for something later than `after`: a revision of the target, or a command. */
  observe(after: number | undefined, signal: AbortSignal): Promise<Observation>;
  /** What people asked for; `proceed` for the step alone. */
  commands(at: string): Promise<{ readonly abort: Abort | null; readonly proceed: Facts['proceed'] }>;
  hold(): Promise<Facts['hold']>;
  /** Sends requests of ours to the candidate; answers how many each service got. */
  probe(signal: AbortSignal): Promise<Probed>;
  /** Says what is waited for when that has changed, and null when nothing is. */
  tell(wait: Wait | null, at: string): Promise<void>;
  /** Numbers change at each look: this long, in milliseconds, nothing else is told of the same wait. A question is told at once. */
  readonly tellEveryMs: number;
  /** Milliseconds of a clock that never jumps. */
  monotonicMs(): number;
}

/** What is known of the candidate by its requests. It is recorded between the steps of a rollout, and goes on in the next. */
export interface Judging {
  readonly settings: JudgeSettings;
  /** Null until the first look at the candidate. */
  readonly trial: Trial | null;
  readonly probed: Probed;
}

export interface WatchOrder {
  /** The step's name. */
  readonly at: string;
  /** What the target was asked for. */
  readonly shape: Shape;
  /** Null where nothing is judged. */
  readonly judging: Judging | null;
  readonly decide: (facts: Facts) => Action;
  /** How much of the time was over before this watch began, in milliseconds. Default 0. */
  readonly alreadyMs?: number;
}

export interface Watched {
  readonly action: Exclude<Action, Wait>;
  readonly judging: Judging | null;
}

/** Looks until the decision is no longer to wait. Reads, probes and tells; moves nothing, so it may run again after a crash. */
export const watch =
  (deps: WatchDeps) =>
  async (order: WatchOrder, signal: AbortSignal): Promise<Watched> => {
    const look = openEye(deps, order);
    let judging = order.judging;
    const tell = openMouth(deps, order);
    for (;;) {
      const seen = await look(judging, signal);
      judging = seen.judging;
      const action = order.decide(seen.facts);
      await tell(action.kind === 'wait' ? action : null);
      if (action.kind !== 'wait') return { action, judging };
      if (action.probes) judging = judging && withProbes(judging, await deps.probe(signal));
    }
  };

type Look = (judging: Judging | null, signal: AbortSignal) => Promise<{ facts: Facts; judging: Judging | null }>;

/** Remembers what was seen last and since when all is as wanted. */
const openEye = (deps: WatchDeps, { at, shape, alreadyMs = 0 }: WatchOrder): Look => {
  const lookedAt = deps.monotonicMs();
  const began = lookedAt - alreadyMs;
  let seen: number | undefined;
  let hasBegun = false;
  let settledAt: number | undefined;
  let wellAt = began;
  return async (before, signal) => {
    const observation = await deps.observe(seen, signal);
    signal.throwIfAborted();
    const commands = await deps.commands(at);
    const hold = await deps.hold();
    const now = deps.monotonicMs();
    if (isSettled(observation, shape)) {
      settledAt ??= now;
      wellAt = now;
    }
    // What was counted before the step is no evidence for it, also when it is told only now.
    const judging = before && judge(before, observation, !hasBegun);
    hasBegun ||= observation.countsAgeMs <= now - lookedAt;
    seen = observation.revision;
    const facts = {
      observation,
      ...commands,
      hold,
      verdict: verdictFor(judging, observation),
      sinceBeginMs: now - began,
      sinceSettledMs: settledAt === undefined ? null : now - settledAt,
      unsettledMs: now - wellAt,
    };
    return { facts, judging };
  };
};

/** Says what is new alone. At first nothing is known of what an earlier life has said, so that it is taken back. */
const openMouth = (deps: WatchDeps, { at }: WatchOrder): ((wait: Wait | null) => Promise<void>) => {
  let told: { readonly heldBy: Wait['heldBy']; readonly because: string; readonly atMs: number } | undefined;
  return async (wait) => {
    if (wait === null) return told && !told.heldBy ? undefined : deps.tell(null, at);
    const now = deps.monotonicMs();
    if (told && wait.heldBy === told.heldBy && now - told.atMs < deps.tellEveryMs) return;
    const { heldBy, because } = wait;
    if (because !== told?.because || heldBy !== told.heldBy) await deps.tell(wait, at);
    told = { heldBy, because, atMs: now };
  };
};

const judge = (judging: Judging, observation: Observation, begins: boolean): Judging => {
  const evidence = evidenceOf(observation, judging.settings.services, judging.probed);
  const { trial, settings } = judging;
  if (trial === null) return { ...judging, trial: beginTrial(settings, evidence) };
  return { ...judging, trial: begins ? beginStep(trial, evidence) : weigh(trial, evidence) };
};

/** A candidate that nobody may get yet has nothing to be judged by. */
const verdictFor = (judging: Judging | null, observation: Observation): Verdict | null =>
  judging?.trial && hasVisitors(observation) ? verdictOf(judging.trial) : null;

const withProbes = (judging: Judging, sent: Probed): Judging => {
  const probed: Record<string, number> = { ...judging.probed };
  for (const [service, count] of Object.entries(sent)) probed[service] = (probed[service] ?? 0) + count;
  return { ...judging, probed };
};
