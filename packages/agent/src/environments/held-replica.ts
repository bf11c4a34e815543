import path from 'node:path';
import type { Replica } from '@plumbline/contract/agent';
import { type Output, openOutput } from '../processes/output.ts';
import type { Running } from '../processes/running.ts';
import type { Upstream } from '../router/table.ts';
import { type Facts, stateOf } from './facts.ts';
import { lastLinesOf, type Source } from './logs.ts';
import type { ReplicaRecord } from './records.ts';

/** A replica with what cannot be decided upon: its process, its place in the router, its output. */
export interface HeldReplica {
  facts: Facts;
  running: Running | null;
  upstream: Upstream | null;
  /** Aborted when it is retired, so that a launch under way waits for nothing more. */
  readonly leaving: AbortController;
  /** Settles when a launch that is under way is over. */
  launching: Promise<void> | null;
  /** Aborted when its process is not to be probed any more. */
  watching: AbortController | null;
  wasReady: boolean;
  /** Of the latest spec that wanted it: a replica that leaves has none any more. */
  drainWithinMs: number;
  /** Epoch milliseconds of the last change of state. */
  sinceMs: number;
  readonly stdout: Output;
  readonly stderr: Output;
}

export const hold = (facts: Facts, drainWithinMs: number, folder: string): HeldReplica => ({
  facts,
  running: null,
  upstream: null,
  leaving: new AbortController(),
  launching: null,
  watching: null,
  wasReady: false,
  drainWithinMs,
  sinceMs: Date.now(),
  ...outputsIn(folder),
});

export const outputsIn = (folder: string): { readonly stdout: Output; readonly stderr: Output } => ({
  stdout: openOutput(path.join(folder, 'stdout.log')),
  stderr: openOutput(path.join(folder, 'stderr.log')),
});

/** Both streams of a replica, for who reads its output. */
export const sourcesOf = (
  { id, service, slot, release }: Pick<Facts, 'id' | 'service' | 'slot' | 'release'>,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
): readonly Source[] => [
  { output: stdout, of: { service, replica: id, slot, release, stream: 'stdout' } },
  { output: stderr, of: { service, replica: id, slot, release, stream: 'stderr' } },
];

export const recordOf = (
  { facts, running, upstream, wasReady, drainWithinMs }: HeldReplica,
  isGone = false,
): ReplicaRecord => ({
  id: facts.id,
  service: facts.service,
  slot: facts.slot,
  release: facts.release,
  program: facts.program,
  process: running && upstream ? { ...running.identity, port: upstream.port } : null,
  wasReady,
  drainWithinMs,
  restarts: facts.restarts,
  crashesInARow: facts.crashesInARow,
  lastEnd: facts.lastEnd,
  left: isGone,
});

const linesForAMessage = 40;

/** What it said last: of both streams, the errors getting what the other leaves. */
export const lastLines = ({ facts, stdout, stderr }: HeldReplica): Replica['lastLines'] => {
  const state = stateOf(facts);
  if (state === 'ready' || state === 'draining') return [];
  const errors = lastLinesOf(stderr, linesForAMessage);
  const said = lastLinesOf(stdout, Math.max(linesForAMessage / 2, linesForAMessage - errors.length));
  return [...said, ...errors.slice(-(linesForAMessage - said.length))];
};
