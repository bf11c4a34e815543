import { defineCommand, exitCodes } from '../command.ts';

export const tokenRevoke = defineCommand({
  meta: { name: 'token revoke', description: 'Revoke a token at once', example: 'plumb token revoke t-4' },
  args: { token: { type: 'positional', description: "The token's id, as plumb token list shows it" } },
  async run({ args, client, terminal, signal }) {
    const token = await client.call('revokeToken', { token: args.token }, { signal });
    if (args.json) terminal.json(token);
    else terminal.print(`${token.id} of ${token.name} is revoked`);
    return exitCodes.done;
  },
});
