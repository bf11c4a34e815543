import { defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';

export const secretList = defineCommand({
  meta: {
    name: 'secret list',
    description: 'List the secrets of an environment, and which are missing; never a value',
    example: 'plumb secret list production',
  },
  args: { env: { type: 'positional', description: 'The environment' } },
  async run({ args, client, terminal, signal }) {
    const secrets = await client.call('secrets', { environment: args.env }, { signal });
    if (args.json) {
      terminal.json(secrets);
      return exitCodes.done;
    }
    const { green, yellow } = terminal.colour;
    const rows = secrets.map(({ name, set, usedBy }) => [
      name,
      set ? green('set') : yellow('missing'),
      usedBy.join(', '),
    ]);
    terminal.print(table(['SECRET', 'STATE', 'USED BY'], rows));
    return exitCodes.done;
  },
});
