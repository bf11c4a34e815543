import { defineCommand } from '../command.ts';
import { showTheWay } from '../show-the-way.ts';

export const migrateLatest = defineCommand({
  meta: {
    name: 'migrate latest',
    description: 'Apply the migrations that are pending, as a delivery that moves no traffic',
    example: 'plumb migrate latest production --contract --reason "nobody reads users.name any more"',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    release: { type: 'string', description: 'Of this release; the live one when absent', valueHint: 'R' },
    contract: {
      type: 'boolean',
      description: 'Apply the contracts that wait, once nobody needs what they take away; somebody has to approve',
      default: false,
    },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const { env: environment, release, contract, reason } = args;
    const delivery = await client.call('migrate', { environment, release, contract, reason }, { signal });
    return showTheWay({ delivery: delivery.id }, { client, terminal, signal, json: args.json });
  },
});
