import { defineCommand, exitCodes } from '../command.ts';

export const whoami = defineCommand({
  meta: { name: 'whoami', description: 'Say whose token is used, and its role', example: 'plumb whoami' },
  args: {},
  async run({ args, client, terminal, signal }) {
    const identity = await client.call('whoami', {}, { signal });
    if (args.json) terminal.json(identity);
    else terminal.print(`${identity.name}, ${identity.role}`);
    return exitCodes.done;
  },
});
