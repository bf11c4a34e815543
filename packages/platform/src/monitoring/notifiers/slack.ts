import { z } from 'zod';
import { type Message, say } from '../message.ts';
import { everyNotifier, type NotifierKind } from './notifier.ts';

/** An incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export const slack = {
  kind: 'slack',
  described: z.strictObject({
    kind: z.literal('slack').describe('A message to a channel of Slack, by an incoming webhook.'),
    ...everyNotifier,
  }),
  request: (message) => ({
    headers: {},
    body: JSON.stringify({
      text: escaped(say(message).summary),
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: linesOf(message).join('\n') } }],
    }),
  }),
} as const satisfies NotifierKind & { described: z.ZodType };

const linesOf = (message: Message): readonly string[] => {
  const { app, notice } = message;
  const { emoji, headline, subject, because, command } = say(message);
  const commit = notice.commit && `commit \`${plain(notice.commit.slice(0, 12))}\``;
  const release = [notice.release && `release \`${notice.release}\``, commit, subject && escaped(subject)]
    .filter(Boolean)
    .join(', ');
  return [
    `*${escaped(headline)}*`,
    `${emoji} ${escaped(app)}${release && `: ${release}`}`,
    `👤 ${escaped(notice.who)}${notice.delivery ? ` asked for ${notice.delivery}` : ''}`,
    ...(because ? [`💬 ${escaped(because)}`] : []),
    ...(notice.site ? [`🔗 <${escaped(notice.site)}|View site>`] : []),
    ...(command ? [`▶️ \`${plain(command)}\``] : []),
  ];
};

/** Slack's three control characters: without this a commit's subject could call a whole channel. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Within `code`, a backtick would end it. */
const plain = (text: string): string => escaped(text.replaceAll('`', "'"));
