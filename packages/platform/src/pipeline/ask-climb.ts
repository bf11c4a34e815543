import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { ClimbId, EnvironmentName } from '@plumbline/contract/names';
import type { Transaction } from '../kernel/database.ts';
import type { AskDeps } from './ask-delivery.ts';
import { insertClimb, latestClimbOf, moveClimb, movingClimbs } from './climb-table.ts';
import { giveCommand } from './command-table.ts';
import { givesWay, moveDelivery, movingDeliveries } from './delivery-table.ts';
import { say } from './progress-table.ts';

export interface Checkout {
  readonly commit: string;
  readonly branch: string | null;
  readonly subject: string;
  /** There is work that is not committed. */
  readonly dirty: boolean;
}

export interface AskedClimb {
  readonly key: string;
  readonly stamp: string | null;
  /** The last environment to climb to; null is as far as the checkout may go. */
  readonly upTo: EnvironmentName | null;
  /** Ship it although this commit has been shipped. */
  readonly again: boolean;
  readonly wait: boolean;
  readonly reason: string | null;
}

export type AskClimbDeps = AskDeps & {
  checkout(signal: AbortSignal): Promise<Checkout>;
  path(): Promise<readonly EnvironmentName[]>;
  /** Tells that a climb was asked for, so that its workflow is started soon. */
  startClimb(id: ClimbId): void;
};

const stageNames = ['checks', 'build'] as const;

/**
 * Ships the checkout. A commit that is on its way or has arrived is not shipped again unasked; a newer one supersedes
 * what waits, and lets what moves come to its end.
 */
export const askClimb = async (
  deps: AskClimbDeps,
  asked: AskedClimb,
  who: Identity,
  signal: AbortSignal,
): Promise<ClimbId> => {
  const [checkout, path] = await Promise.all([deps.checkout(signal), deps.path()]);
  const to = wayUp(path, checkout, asked.upTo);
  const { id, isNew } = await deps.database.transaction(async (tx) => {
    await tx.execute('lock table plumbline.climbs in share row exclusive mode');
    const known = asked.again || checkout.dirty ? undefined : await latestClimbOf(tx, checkout.commit, asked.stamp);
    if (known && known.state !== 'failed' && known.state !== 'superseded') return { id: known.id, isNew: false };
    await giveWay(deps, tx, asked, who);
    const stages = stageNames.map((name) => ({
      name,
      state: 'pending' as const,
      startedAt: null,
      endedAt: null,
      expectedMs: null,
      because: null,
    }));
    const inserted = await insertClimb(tx, {
      ...asked,
      ...checkout,
      to,
      askedBy: who.name,
      askedAt: deps.now(),
      stages,
    });
    if (inserted.isNew) await announce(deps, tx, inserted.id, checkout, asked, who);
    return inserted;
  });
  if (isNew) deps.startClimb(id);
  return id;
};

/** How far a checkout may climb: uncommitted work and the develop branch go to the first environment alone. */
export const wayUp = (
  path: readonly EnvironmentName[],
  checkout: Pick<Checkout, 'dirty' | 'branch'>,
  upTo: EnvironmentName | null,
): readonly EnvironmentName[] => {
  if (upTo !== null && !path.includes(upTo))
    throw new Failure('bad-input', `${upTo} is not on the path`, { hint: `the path is ${path.join(' → ')}` });
  const wanted = upTo === null ? path : path.slice(0, path.indexOf(upTo) + 1);
  if (!checkout.dirty && checkout.branch !== 'develop') return wanted;
  if (upTo !== null && wanted.length > 1)
    throw new Failure(
      'bad-input',
      `${checkout.dirty ? 'uncommitted work' : 'the branch develop'} goes to ${path[0]} alone`,
      {
        hint: checkout.dirty ? 'commit it first' : 'merge it to main first',
      },
    );
  return wanted.slice(0, 1);
};

const giveWay = async (deps: AskClimbDeps, tx: Transaction, asked: AskedClimb, who: Identity): Promise<void> => {
  const because = `${who.name} shipped something newer`;
  const climbs = await movingClimbs(tx);
  const [first] = climbs;
  if (first && !asked.wait)
    throw new Failure('busy', `${first.id} is on its way`, { hint: `plumb watch ${first.id} shows it` });
  for (const climb of climbs) {
    await moveClimb(tx, climb.id, { state: 'superseded', because, at: deps.now() });
    await say(
      tx,
      { climb: climb.id, delivery: null, environment: null },
      { kind: 'state', state: 'superseded', text: because },
    );
  }
  const ids = climbs.map(({ id }) => id);
  for (const row of await movingDeliveries(tx, null)) {
    if (row.climb === null || !ids.includes(row.climb)) continue;
    if (row.state === 'waiting') await moveDelivery(tx, row.id, { state: 'superseded', because, at: deps.now() });
    if (givesWay(row))
      await giveCommand(tx, row.id, {
        kind: 'supersede',
        by: who.name,
        role: who.role,
        at: deps.now(),
        reason: because,
        planHash: null,
      });
  }
};

const announce = async (
  deps: AskClimbDeps,
  tx: Transaction,
  id: ClimbId,
  checkout: Checkout,
  asked: AskedClimb,
  who: Identity,
): Promise<void> => {
  const { commit, dirty, subject } = checkout;
  await deps.record(tx, {
    who: who.name,
    what: 'climb.asked',
    subject: id,
    why: asked.reason,
    detail: { commit, dirty, stamp: asked.stamp },
    key: `${id}/asked`,
  });
  const what = `${commit.slice(0, 12)}${dirty ? ' with uncommitted work' : ''}: ${subject}`;
  await say(
    tx,
    { climb: id, delivery: null, environment: null },
    { kind: 'state', state: 'checking', text: `${who.name} ships ${what}` },
  );
};
