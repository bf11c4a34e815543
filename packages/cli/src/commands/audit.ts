import { wholeNumber } from '../arguments.ts';
import { defineCommand, exitCodes, Misuse } from '../command.ts';
import { table } from '../table.ts';
import { clock, sinceMoment } from '../times.ts';

export const audit = defineCommand({
  meta: {
    name: 'audit',
    description: 'Show who changed what, when and why',
    example: 'plumb audit --since 2h --subject production',
  },
  args: {
    since: { type: 'string', description: 'Not before: 30m, 2h, 7d, or a date', valueHint: 'WHEN' },
    subject: { type: 'string', description: 'Of this thing alone: d-12, production, r-…', valueHint: 'THING' },
    limit: { type: 'string', description: 'How many', default: '100', valueHint: 'N' },
  },
  async run({ args, client, terminal, signal }) {
    const now = Date.now();
    const since = args.since === undefined ? undefined : sinceMoment(args.since, now);
    if (since === null) throw new Misuse(`--since must be like 30m, 2h, 7d or 2026-11-24, not "${args.since}"`);
    const query = { since, subject: args.subject, limit: wholeNumber('limit', args.limit) };
    const records = await client.call('audit', query, { signal });
    if (args.json) {
      terminal.json(records);
      return exitCodes.done;
    }
    const rows = records.map(({ seq, at, who, what, subject, why }) => [
      String(seq),
      clock(at, now),
      who,
      what,
      subject,
      why ?? '',
    ]);
    terminal.print(table(['RECORD', 'WHEN', 'WHO', 'WHAT', 'OF', 'WHY'], rows));
    return exitCodes.done;
  },
});
