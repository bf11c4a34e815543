import { wholeNumber } from '../arguments.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';
import { moment } from '../times.ts';

export const releases = defineCommand({
  meta: { name: 'releases', description: 'List releases, newest first', example: 'plumb releases --limit 10' },
  args: { limit: { type: 'string', description: 'How many', default: '20', valueHint: 'N' } },
  async run({ args, client, terminal, signal }) {
    const all = await client.call('releases', { limit: wholeNumber('limit', args.limit) }, { signal });
    if (args.json) {
      terminal.json(all);
      return exitCodes.done;
    }
    const rows = all.map((one) => [
      [one.id, ...one.marks].join(' '),
      one.commit?.slice(0, 7) ?? '-',
      one.branch ?? '-',
      moment(one.builtAt, Date.now()),
      one.builtBy,
      one.liveIn.join(', ') || '-',
      one.verifiedIn.join(', ') || '-',
      one.subject ?? '',
    ]);
    terminal.print(table(['RELEASE', 'COMMIT', 'BRANCH', 'BUILT', 'BY', 'LIVE IN', 'VERIFIED IN', 'SUBJECT'], rows));
    return exitCodes.done;
  },
});
