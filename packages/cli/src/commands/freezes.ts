import { defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';

export const freezes = defineCommand({
  meta: {
    name: 'freezes',
    description: 'List when nothing is delivered, why and by whom',
    example: 'plumb freezes production',
  },
  args: { env: { type: 'positional', description: 'Of this environment alone', required: false } },
  async run({ args, client, terminal, signal }) {
    const all = await client.call('freezes', { environment: args.env }, { signal });
    if (args.json) {
      terminal.json(all);
      return exitCodes.done;
    }
    const rows = all.map(({ name, environment, when, by, reason }) => [name, environment ?? 'all', when, by, reason]);
    terminal.print(table(['FREEZE', 'ENVIRONMENT', 'WHEN', 'BY', 'REASON'], rows));
    return exitCodes.done;
  },
});
