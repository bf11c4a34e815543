import { randomUUID } from 'node:crypto';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Notice, NotifierTest } from '@plumbline/contract/notice';
import type { Description } from '../environments/description.ts';
import { suggestion } from '../environments/did-you-mean.ts';
import { type AddressBook, address } from './addressed.ts';
import { nextAttempt } from './next-attempt.ts';
import type { DescribedNotifier } from './notifiers/index.ts';
import { post } from './post.ts';
import { isFor, nameOf } from './receivers.ts';

export interface Tried {
  /** Null: all that are described. */
  readonly notifier: string | null;
  /** Null: every environment that a notifier is for. */
  readonly environment: EnvironmentName | null;
  readonly who: string;
}

/** Sends a test message once, past the outbox, and tells what each receiver answered. Throws `not-found` for who is not there. */
export const tryNotifiers = async (book: AddressBook, tried: Tried, signal: AbortSignal): Promise<NotifierTest[]> => {
  const { description } = await book.described();
  const tests = chosen(description, tried).flatMap((one) =>
    description.path
      .filter((environment) => isFor(one, environment) && (tried.environment ?? environment) === environment)
      .map((environment) => tryOne(book, one, environment, tried.who, signal)),
  );
  if (tests.length === 0) throw new Failure('not-found', `no notifier is for ${tried.environment}`);
  return Promise.all(tests);
};

const chosen = ({ notify }: Description, { notifier }: Tried): readonly DescribedNotifier[] => {
  if (notify.length === 0)
    throw new Failure('not-found', 'plumbline.yaml has no "notify"', { hint: 'docs/notifications.md shows one' });
  const found = notify.filter((one) => notifier === null || nameOf(one) === notifier);
  if (found.length > 0) return found;
  throw new Failure('not-found', `there is no notifier "${notifier}"${suggestion(notifier ?? '', notify.map(nameOf))}`);
};

const tryOne = async (
  book: AddressBook,
  one: DescribedNotifier,
  environment: EnvironmentName,
  who: string,
  signal: AbortSignal,
): Promise<NotifierTest> => {
  const said = { notifier: nameOf(one), kind: one.kind, environment };
  const addressed = await address(book, said.notifier, testNotice(environment, who));
  if (addressed.kind === 'not-now') return { ...said, arrived: false, because: addressed.because };
  const { kind, because } = nextAttempt(1, await post(addressed.post, signal), Date.now(), 0);
  return { ...said, arrived: kind === 'sent', because };
};

const testNotice = (environment: EnvironmentName, who: string): Notice => ({
  id: randomUUID(),
  kind: 'test',
  at: Date.now(),
  environment,
  delivery: null,
  deliveryKind: null,
  release: null,
  from: null,
  commit: null,
  subject: null,
  who,
  because: null,
  site: null,
});
