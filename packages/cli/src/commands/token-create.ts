import { role, roles } from '@plumbline/contract/identity';
import { wholeNumber } from '../arguments.ts';
import { defineCommand, exitCodes } from '../command.ts';

export const tokenCreate = defineCommand({
  meta: {
    name: 'token create',
    description: 'Make a token; its secret is shown this once',
    example: 'plumb token create ada --role approver --days 90',
  },
  args: {
    name: { type: 'positional', description: 'Whose it is: tokens of one name are one identity' },
    role: { type: 'enum', description: 'What it may do', options: [...roles], required: true },
    days: { type: 'string', description: 'How long it is valid; for ever when absent', valueHint: 'N' },
  },
  async run({ args, client, terminal, signal }) {
    const days = args.days === undefined ? undefined : wholeNumber('days', args.days);
    const token = await client.call('createToken', { name: args.name, role: role.parse(args.role), days }, { signal });
    if (args.json) {
      terminal.json(token);
      return exitCodes.done;
    }
    terminal.print(token.token);
    terminal.say(`${token.id}: ${token.name} is ${token.role}. Use it as PLUMBLINE_TOKEN; it is not shown again.`);
    return exitCodes.done;
  },
});
