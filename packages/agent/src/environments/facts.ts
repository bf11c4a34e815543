import type { Replica, ReplicaState } from '@plumbline/contract/agent';
import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import { backOffMs, forgivenAfterMs } from '../processes/back-off.ts';

/**
 * Where a replica is in its life. `…Ms` are by the monotonic clock. waiting: for its first start or out its back-off.
 * launching: being started. alive: has a process. draining: has left the routing table, its requests end, then its
 * process. ending: its process is being ended so that it can start anew. left: gone for good.
 */
export type Life =
  | { readonly is: 'waiting'; readonly untilMs: number }
  | { readonly is: 'launching' }
  | Alive
  | { readonly is: 'draining'; readonly pid: number | null; readonly port: number | null }
  | { readonly is: 'ending'; readonly launchedMs: number; readonly readySinceMs: number | null }
  | { readonly is: 'left' };

export interface Alive {
  readonly is: 'alive';
  readonly pid: number;
  readonly port: number;
  readonly launchedMs: number;
  readonly readiness: 'starting' | 'ready' | 'unready';
  readonly readySinceMs: number | null;
  readonly failedReadiness: number;
  readonly failedLiveness: number;
}

/** All that decisions know of one replica. */
export interface Facts {
  readonly id: string;
  readonly service: ServiceName;
  readonly slot: Slot;
  readonly release: ReleaseId;
  readonly program: string;
  readonly life: Life;
  /** How often it was started again. */
  readonly restarts: number;
  /** Since it was last well for long enough; the back-off grows with them. */
  readonly crashesInARow: number;
  readonly lastEnd: string | null;
  readonly notReady: string | null;
}

export type ProbeOutcome = { readonly ok: true } | { readonly ok: false; readonly because: string };

const unreadyAfter = 3;
const deadAfter = 3;

type Identity = Pick<Facts, 'id' | 'service' | 'slot' | 'release' | 'program'>;

export const begun = ({ id, service, slot, release, program }: Identity): Facts => ({
  id,
  service,
  slot,
  release,
  program,
  life: { is: 'waiting', untilMs: Number.NEGATIVE_INFINITY },
  restarts: 0,
  crashesInARow: 0,
  lastEnd: null,
  notReady: null,
});

export const launching = (facts: Facts): Facts => ({ ...facts, life: { is: 'launching' } });

export const launched = (facts: Facts, pid: number, port: number, nowMs: number): Facts => ({
  ...facts,
  life: {
    is: 'alive',
    pid,
    port,
    launchedMs: nowMs,
    readiness: 'starting',
    readySinceMs: null,
    failedReadiness: 0,
    failedLiveness: 0,
  },
  restarts: countedAgain(facts),
  notReady: null,
});

/** Its process was started by an earlier agent. One that was ready then has no deadline to get ready again. */
export const adopted = (facts: Facts, pid: number, port: number, wasReady: boolean, nowMs: number): Facts => ({
  ...facts,
  life: {
    is: 'alive',
    pid,
    port,
    launchedMs: nowMs,
    readiness: wasReady ? 'unready' : 'starting',
    readySinceMs: null,
    failedReadiness: 0,
    failedLiveness: 0,
  },
});

/** It could not be started: counted as a crash, since waiting alone does not mend it. */
export const notLaunched = (facts: Facts, because: string, nowMs: number): Facts => ({
  ...crashed(facts, because, nowMs, false),
  restarts: countedAgain(facts),
});

const countedAgain = (facts: Facts): number => (facts.lastEnd === null ? facts.restarts : facts.restarts + 1);

const heldBackMs = 250;

/** It waits for something of the agent's own, such as its database; no crash of its. */
export const heldBack = (facts: Facts, because: string, nowMs: number): Facts => ({
  ...facts,
  life: { is: 'waiting', untilMs: nowMs + heldBackMs },
  notReady: because,
});

export const probed = (facts: Facts, outcome: ProbeOutcome, nowMs: number): Facts => {
  const { life } = facts;
  if (life.is !== 'alive') return facts;
  if (outcome.ok) {
    if (life.readiness === 'ready' && life.failedReadiness === 0) return facts;
    const readySinceMs = life.readiness === 'ready' ? life.readySinceMs : nowMs;
    return { ...facts, life: { ...life, readiness: 'ready', readySinceMs, failedReadiness: 0 }, notReady: null };
  }
  const failedReadiness = life.failedReadiness + 1;
  if (life.readiness === 'ready' && failedReadiness < unreadyAfter)
    return { ...facts, life: { ...life, failedReadiness } };
  const readiness = life.readiness === 'starting' ? 'starting' : 'unready';
  return { ...facts, life: { ...life, readiness, failedReadiness }, notReady: outcome.because };
};

export const probedLiveness = (facts: Facts, outcome: ProbeOutcome): Facts => {
  const { life } = facts;
  if (life.is !== 'alive') return facts;
  if (outcome.ok) return life.failedLiveness === 0 ? facts : { ...facts, life: { ...life, failedLiveness: 0 } };
  const failedLiveness = life.failedLiveness + 1;
  const notReady = failedLiveness >= deadAfter ? outcome.because : facts.notReady;
  return { ...facts, life: { ...life, failedLiveness }, notReady };
};

export const isUnresponsive = (life: Alive): boolean => life.failedLiveness >= deadAfter;

/** Its process is to be ended, to start anew. */
export const ending = (facts: Facts, because: string): Facts =>
  facts.life.is === 'alive'
    ? {
        ...facts,
        life: { is: 'ending', launchedMs: facts.life.launchedMs, readySinceMs: facts.life.readySinceMs },
        lastEnd: because,
        notReady: null,
      }
    : facts;

export const draining = (facts: Facts, because: string): Facts => ({
  ...facts,
  life:
    facts.life.is === 'alive'
      ? { is: 'draining', pid: facts.life.pid, port: facts.life.port }
      : { is: 'draining', pid: null, port: null },
  notReady: because,
});

export const left = (facts: Facts): Facts => ({ ...facts, life: { is: 'left' } });

/** Its process has ended: by itself, or since it was made to. */
export const ended = (facts: Facts, how: string, nowMs: number): Facts => {
  const { life } = facts;
  if (life.is === 'alive') {
    const after = `${how} after ${seconds(nowMs - life.launchedMs)}`;
    return crashed(facts, after, nowMs, wasWellFor(life.readySinceMs, nowMs));
  }
  if (life.is === 'ending') return crashed(facts, facts.lastEnd ?? how, nowMs, wasWellFor(life.readySinceMs, nowMs));
  return facts;
};

const crashed = (facts: Facts, because: string, nowMs: number, isForgiven: boolean): Facts => {
  const crashesInARow = isForgiven ? 1 : facts.crashesInARow + 1;
  return {
    ...facts,
    life: { is: 'waiting', untilMs: nowMs + backOffMs(crashesInARow) },
    crashesInARow,
    lastEnd: because,
    notReady: null,
  };
};

const wasWellFor = (readySinceMs: number | null, nowMs: number): boolean =>
  readySinceMs !== null && nowMs - readySinceMs >= forgivenAfterMs;

const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

export const isReady = ({ life }: Facts): boolean => life.is === 'alive' && life.readiness === 'ready';

/** Whether it is there to stay: neither draining nor gone. */
export const stays = ({ life }: Facts): boolean => life.is !== 'draining' && life.is !== 'left';

export const stateOf = (facts: Facts): ReplicaState => {
  switch (facts.life.is) {
    case 'waiting':
    case 'launching':
      return facts.lastEnd === null ? 'starting' : 'restarting';
    case 'alive':
      return facts.life.readiness;
    case 'ending':
      return 'restarting';
    case 'draining':
      return 'draining';
    case 'left':
      return 'stopped';
    default:
      throw new Error(`unknown life: ${facts.life satisfies never}`);
  }
};

/** Why it last ended, unless there is something fresher to tell. */
export const becauseOf = (facts: Facts): Replica['because'] => {
  const isStarting = facts.life.is === 'alive' && facts.life.readiness === 'starting';
  return isStarting ? (facts.lastEnd ?? facts.notReady) : (facts.notReady ?? facts.lastEnd);
};
