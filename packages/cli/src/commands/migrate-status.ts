import { defineCommand, exitCodes } from '../command.ts';
import { migrationsText } from '../show/migrations.ts';

export const migrateStatus = defineCommand({
  meta: {
    name: 'migrate status',
    description: 'What the database of an environment has of the migrations; exit code 1 with anything pending',
    example: 'plumb migrate status staging',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    release: { type: 'string', description: 'Of this release; the live one when absent', valueHint: 'R' },
  },
  async run({ args, client, terminal, signal }) {
    const status = await client.call('migrations', { environment: args.env, release: args.release }, { signal });
    if (args.json) terminal.json(status);
    else terminal.print(migrationsText(status, terminal.colour, Date.now()));
    const isPending = status.files.some(({ state }) => state === 'pending' || state === 'waits');
    return isPending || status.refused !== null ? exitCodes.failed : exitCodes.done;
  },
});
