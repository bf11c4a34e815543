import { defineCommand, exitCodes } from '../command.ts';
import { gatesText } from '../show/gates.ts';

export const migratePlan = defineCommand({
  meta: {
    name: 'migrate plan',
    description: 'Show what migrate latest would apply and what the gates say, and do nothing',
    example: 'plumb migrate plan production --contract',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    release: { type: 'string', description: 'Of this release; the live one when absent', valueHint: 'R' },
    contract: {
      type: 'boolean',
      description: 'Of the contracts, which wait for a delivery of their own',
      default: false,
    },
  },
  async run({ args, client, terminal, signal }) {
    const kind = args.contract ? ('contract' as const) : ('migrate' as const);
    const plan = await client.call('plan', { environment: args.env, release: args.release, kind }, { signal });
    if (args.json) {
      terminal.json(plan);
      return exitCodes.done;
    }
    const { colour } = terminal;
    const lines = [
      `${colour.bold(plan.release)} in ${colour.bold(plan.environment)}`,
      '',
      ...(plan.migrations.length === 0 ? ['nothing to apply'] : plan.migrations.map((name) => `apply  ${name}`)),
      ...plan.contracts.map((name) => `leave  ${name}: a contract is a delivery of its own`),
      ...plan.warnings.map((warning) => colour.yellow(`! ${warning}`)),
      '',
      gatesText(plan.gates, colour),
    ];
    terminal.print(lines.join('\n'));
    return exitCodes.done;
  },
});
