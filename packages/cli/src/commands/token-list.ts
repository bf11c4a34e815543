import type { TokenSummary } from '@plumbline/contract/identity';
import { defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';
import { clock, moment } from '../times.ts';

export const tokenList = defineCommand({
  meta: { name: 'token list', description: 'List every token, without its secret', example: 'plumb token list' },
  args: {},
  async run({ args, client, terminal, signal }) {
    const tokens = await client.call('tokens', {}, { signal });
    if (args.json) {
      terminal.json(tokens);
      return exitCodes.done;
    }
    const now = Date.now();
    const rows = tokens.map((one) => [
      one.id,
      one.name,
      one.role,
      moment(one.createdAt, now),
      one.createdBy,
      one.lastUsedAt === null ? 'never' : moment(one.lastUsedAt, now),
      validity(one, now),
    ]);
    terminal.print(table(['TOKEN', 'NAME', 'ROLE', 'MADE', 'BY', 'LAST USED', 'VALID'], rows));
    return exitCodes.done;
  },
});

const validity = ({ revokedAt, expiresAt }: TokenSummary, now: number): string => {
  if (revokedAt !== null) return `revoked ${moment(revokedAt, now)}`;
  if (expiresAt === null) return 'for ever';
  return expiresAt < now ? `expired ${moment(expiresAt, now)}` : `until ${clock(expiresAt, now)}`;
};
