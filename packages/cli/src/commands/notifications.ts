import type { Notification } from '@plumbline/contract/notice';
import { wholeNumber } from '../arguments.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { toned } from '../show/state.ts';
import { table } from '../table.ts';
import { duration, moment } from '../times.ts';

export const notifications = defineCommand({
  meta: {
    name: 'notifications',
    description: 'List what was sent to whom and what could not be, newest first',
    example: 'plumb notifications --failed',
  },
  args: {
    failed: { type: 'boolean', description: 'Those alone that could not be sent', default: false },
    limit: { type: 'string', description: 'How many', default: '20', valueHint: 'N' },
  },
  async run({ args, client, terminal, signal }) {
    const input = { failed: String(args.failed), limit: wholeNumber('limit', args.limit) };
    const all = await client.call('notifications', input, { signal });
    if (args.json) {
      terminal.json(all);
      return exitCodes.done;
    }
    const now = Date.now();
    const rows = all.map((one) => [
      moment(one.notice.at, now),
      one.notice.delivery ?? '-',
      one.notice.environment,
      one.notice.kind,
      one.notifier,
      toned(one.state, one.state, terminal.colour),
      String(one.attempts),
      [one.because, nextTry(one, now)].filter(Boolean).join('; '),
    ]);
    terminal.print(table(['WHEN', 'DELIVERY', 'ENVIRONMENT', 'WHAT', 'TO', 'STATE', 'ATTEMPTS', 'WHY'], rows));
    return exitCodes.done;
  },
});

const nextTry = ({ nextAt, attempts }: Notification, now: number): string | null =>
  nextAt === null || attempts === 0 ? null : `again in ${duration(nextAt - now)}`;
