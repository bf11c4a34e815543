import { defineCommand, exitCodes } from '../command.ts';
import { showTheWay } from '../show-the-way.ts';

export const ship = defineCommand({
  meta: {
    name: 'ship',
    description: 'Check and build the checkout and bring it up the path',
    example: 'plumb ship --to staging --reason "try the new loan form"',
  },
  args: {
    stamp: { type: 'string', description: 'Makes a distinct release of the same commit', valueHint: 'S' },
    to: { type: 'string', description: 'The last environment to climb to', valueHint: 'ENV' },
    again: { type: 'boolean', description: 'Even if this commit was shipped before', default: false },
    wait: {
      type: 'boolean',
      description: 'Queue when an environment is busy',
      negativeDescription: 'Refuse when an environment is busy',
      default: true,
    },
    detach: { type: 'boolean', description: 'Return once it is asked for, without watching', default: false },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const { stamp, to, again, wait, reason } = args;
    const climb = await client.call('ship', { stamp, to, again, wait, reason }, { signal });
    if (!args.detach) return showTheWay({ climb: climb.id }, { client, terminal, signal, json: args.json });
    if (args.json) terminal.json(climb);
    else terminal.print(`${climb.id} is ${climb.state}: plumb watch ${climb.id}`);
    return exitCodes.done;
  },
});
