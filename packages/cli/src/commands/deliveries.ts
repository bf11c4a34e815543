import { wholeNumber } from '../arguments.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { toned } from '../show/state.ts';
import { firstLine } from '../show/words.ts';
import { table } from '../table.ts';
import { duration, moment } from '../times.ts';

export const deliveries = defineCommand({
  meta: { name: 'deliveries', description: 'List deliveries, newest first', example: 'plumb deliveries production' },
  args: {
    env: { type: 'positional', description: 'Of this environment alone', required: false },
    limit: { type: 'string', description: 'How many', default: '20', valueHint: 'N' },
  },
  async run({ args, client, terminal, signal }) {
    const input = { environment: args.env, limit: wholeNumber('limit', args.limit) };
    const all = await client.call('deliveries', input, { signal });
    if (args.json) {
      terminal.json(all);
      return exitCodes.done;
    }
    const now = Date.now();
    const rows = all.map((one) => [
      one.id,
      one.kind,
      one.environment,
      one.release,
      toned(one.state, one.state, terminal.colour),
      moment(one.askedAt, now),
      one.askedBy,
      one.startedAt === null ? '-' : duration((one.endedAt ?? now) - one.startedAt),
      firstLine(one.because ?? ''),
    ]);
    terminal.print(table(['DELIVERY', 'KIND', 'ENVIRONMENT', 'RELEASE', 'STATE', 'ASKED', 'BY', 'TOOK', 'WHY'], rows));
    return exitCodes.done;
  },
});
