import { Failure } from '@plumbline/contract/failure';
import type { NoticeKind, Notification, NotifierTest } from '@plumbline/contract/notice';
import type { InputOf } from '@plumbline/contract/platform';
import { path, type World } from './memory-world.ts';

const kindOf: Readonly<Record<string, NoticeKind>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  'awaiting-approval': 'awaiting-approval',
};

/** What two receivers, one of whom refuses everything, were told of the deliveries as they are now; oldest first. */
export const notifications = ({ deliveries, releases }: World, failed: boolean): Notification[] =>
  [...deliveries.values()].flatMap((one) => {
    const kind = kindOf[one.state];
    if (!kind) return [];
    const notice = {
      id: `00000000-0000-4000-8000-${one.id.slice(2).padStart(12, '0')}`,
      kind,
      at: one.endedAt ?? one.askedAt,
      environment: one.environment,
      delivery: one.id,
      deliveryKind: one.kind,
      release: one.release,
      from: one.from,
      commit: releases.get(one.release)?.commit ?? null,
      subject: releases.get(one.release)?.subject ?? null,
      who: one.askedBy,
      because: one.because,
      site: null,
    };
    const ended = { notice, attempts: 1, nextAt: null, endedAt: notice.at };
    const all: Notification[] = [
      { ...ended, notifier: 'releases', state: 'sent', because: 'it answered 200: ok' },
      { ...ended, notifier: 'audit', state: 'failed', because: 'it answered 404: no_service' },
    ];
    return all.filter(({ state }) => !failed || state === 'failed');
  });

export const testNotifier = ({ notifier, environment }: InputOf<'testNotifier'>): NotifierTest[] => {
  const known = ['releases', 'audit'];
  if (notifier !== undefined && !known.includes(notifier))
    throw new Failure('not-found', `there is no notifier "${notifier}"; known here: ${known.join(', ')}`);
  return known
    .filter((name) => (notifier ?? name) === name)
    .flatMap((name) =>
      path
        .filter((one) => (environment ?? one) === one)
        .map((one) => ({
          notifier: name,
          kind: 'slack',
          environment: one,
          arrived: name === 'releases',
          because: name === 'releases' ? 'it answered 200: ok' : 'it answered 404: no_service',
        })),
    );
};
