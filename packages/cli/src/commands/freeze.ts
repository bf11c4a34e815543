import { defineCommand, exitCodes } from '../command.ts';
import { momentFor, placeArgs, placeOf } from '../frozen-place.ts';
import { clock } from '../times.ts';

export const freeze = defineCommand({
  meta: {
    name: 'freeze',
    description: 'Let nothing be delivered for a time; going back stays possible',
    example: 'plumb freeze production --until 18:00 --reason "the books are closed"',
  },
  args: {
    ...placeArgs,
    until: {
      type: 'string',
      description: 'Its end: 2h, 18:00, or "2026-12-01 08:00", by the clock of this machine',
      valueHint: 'TIME',
      required: true,
    },
    from: { type: 'string', description: 'Its beginning, written like --until; now when absent', valueHint: 'TIME' },
    reason: { type: 'string', description: 'Why, for whoever has to wait', valueHint: 'TEXT', required: true },
  },
  async run({ args, client, terminal, signal }) {
    const now = Date.now();
    const environment = placeOf(args);
    const until = momentFor('until', args.until, now);
    const from = args.from === undefined ? undefined : momentFor('from', args.from, now);
    const made = await client.call('freeze', { environment, from, until, reason: args.reason }, { signal });
    if (args.json) {
      terminal.json(made);
      return exitCodes.done;
    }
    const begins = from === undefined ? '' : `from ${clock(from, now)} `;
    terminal.print(
      `${made.name}: ${environment ?? 'every environment'} is frozen ${begins}until ${clock(until, now)}. plumb unfreeze ${environment ?? '--all'} ends it`,
    );
    return exitCodes.done;
  },
});
