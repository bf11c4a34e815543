import { createHmac } from 'node:crypto';
import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import { secretReference } from '../../environments/service.ts';
import { say } from '../message.ts';
import { everyNotifier, type NotifierKind } from './notifier.ts';

/** JSON to whoever wants it, signed so that the receiver knows whose it is and when it was sent: docs/notifications.md. */
export const webhook = {
  kind: 'webhook',
  described: z.strictObject({
    kind: z.literal('webhook').describe('JSON to any address, signed.'),
    ...everyNotifier,
    signing: secretReference.describe(
      'The secret that the signature is made with: HMAC-SHA256 over timestamp, dot and body. The receiver has it too.',
    ),
  }),
  request: ({ app, notice }, { signing }, atSeconds) => {
    if (!signing) throw new Failure('bug', 'a webhook is signed, and its secret was not given');
    const { summary, subject, because, command } = say({ app, notice });
    const body = JSON.stringify({
      ...notice,
      subject,
      because,
      app,
      at: new Date(notice.at).toISOString(),
      text: summary,
      command,
    });
    const signature = createHmac('sha256', signing.reveal()).update(`${atSeconds}.${body}`).digest('hex');
    return {
      headers: { 'plumbline-timestamp': String(atSeconds), 'plumbline-signature': `sha256=${signature}` },
      body,
    };
  },
} as const satisfies NotifierKind & { described: z.ZodType };
