import { defineCommand, Misuse } from '../command.ts';
import { showTheWay } from '../show-the-way.ts';

export const migrateDown = defineCommand({
  meta: {
    name: 'migrate down',
    description: 'Undo the migration that was applied last, when no release that runs needs it',
    example: 'plumb migrate down development --release r-0123456789ab --reason "it was the wrong column"',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    release: {
      type: 'string',
      description: 'The release that has the migration; the live one when absent',
      valueHint: 'R',
    },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const { env: environment, release, reason } = args;
    if (reason === undefined) throw new Misuse('undoing a migration needs a --reason');
    const delivery = await client.call('migrateDown', { environment, release, reason }, { signal });
    return showTheWay({ delivery: delivery.id }, { client, terminal, signal, json: args.json });
  },
});
