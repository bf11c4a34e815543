import type { EnvironmentName } from '@plumbline/contract/names';
import type { Notice } from '@plumbline/contract/notice';
import type { Described } from '../environments/read.ts';
import { secretName } from '../environments/secrets.ts';
import { isFailure } from '../kernel/patience.ts';
import type { Secret } from '../kernel/secret.ts';
import { type DescribedNotifier, notifierKind } from './notifiers/index.ts';
import type { Post } from './post.ts';
import { nameOf, referencesOf } from './receivers.ts';

/** Where receivers are described, and where the secrets are that they refer to. */
export interface AddressBook {
  described(): Promise<Described>;
  secrets(environment: EnvironmentName): Promise<ReadonlyMap<string, Secret>>;
}

/** What is to be posted, or why that cannot be known now: a person may mend it before the next attempt. */
export type Addressed =
  | { readonly kind: 'ready'; readonly post: Post }
  | { readonly kind: 'not-now'; readonly because: string };

/** Addresses a notice to a receiver as it is described at this moment. Secrets are read here, and kept nowhere. */
export const address = async (book: AddressBook, notifier: string, notice: Notice): Promise<Addressed> => {
  try {
    const { description } = await book.described();
    const one = description.notify.find((described) => nameOf(described) === notifier);
    if (!one) return notNow(`no notifier of plumbline.yaml is called ${notifier} any more`);
    const found = resolve(one, notice.environment, await book.secrets(notice.environment));
    return 'because' in found
      ? notNow(found.because)
      : { kind: 'ready', post: postOf(one, found.secrets, description.app, notice) };
  } catch (error) {
    if (!isFailure(error) || !['description-invalid', 'data-unreadable'].includes(error.code)) throw error;
    return notNow('the description or its secrets cannot be read now: plumb check says why');
  }
};

const notNow = (because: string): Addressed => ({ kind: 'not-now', because });

const resolve = (
  one: DescribedNotifier,
  environment: EnvironmentName,
  known: ReadonlyMap<string, Secret>,
): { readonly secrets: Readonly<Record<string, Secret>> } | { readonly because: string } => {
  const secrets: Record<string, Secret> = {};
  for (const [key, reference] of Object.entries(referencesOf(one))) {
    const name = secretName(reference);
    const secret = known.get(name);
    if (!secret)
      return { because: `${reference} is not set in ${environment}: plumb secret set ${environment} ${name}` };
    secrets[key] = secret;
  }
  return { secrets };
};

const postOf = (
  one: DescribedNotifier,
  secrets: Readonly<Record<string, Secret>>,
  app: string,
  notice: Notice,
): Post => {
  const { url, ...others } = secrets;
  const made = notifierKind(one.kind).request({ app, notice }, secrets, Math.floor(Date.now() / 1_000));
  // The schema of every kind has a url.
  return { ...made, id: notice.id, url: url as Secret, secrets: Object.values(others) };
};
