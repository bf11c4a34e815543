import { environmentName } from '@plumbline/contract/names';
import { noticeKind } from '@plumbline/contract/notice';
import { z } from 'zod';
import { secretReference } from '../../environments/service.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Message } from '../message.ts';

/** A request as data: how it is sent is the same for every kind. */
export interface NotifierRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A kind of receiver. */
export interface NotifierKind {
  readonly kind: string;
  /**
   * The request to the address that the secret `url` holds. Pure: the same message is the same request. `secrets` are those
   * that the description refers to, by key; `atSeconds` is when it is sent, in seconds since 1970.
   */
  request(message: Message, secrets: Readonly<Record<string, Secret>>, atSeconds: number): NotifierRequest;
}

/** What the description says of a receiver of whatever kind. */
export const everyNotifier = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, starting with a letter')
    .optional()
    .describe('How it is called in lists and by `plumb notify test`. Default: its kind.'),
  url: secretReference.describe(
    'Where to: a reference to the secret that holds the http(s) address, since whoever knows it can post there.',
  ),
  on: z
    .array(noticeKind, { error: 'must be a list' })
    .min(1)
    .optional()
    .describe('Of what it is told. Default: of everything but `superseded`.'),
  environments: z
    .array(environmentName)
    .min(1)
    .optional()
    .describe('Of which environments; the secrets are theirs. Default: of all on the path.'),
};
