import { defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';

export const notifyTest = defineCommand({
  meta: {
    name: 'notify test',
    description: 'Send a test message, and say what the receiver answered',
    example: 'plumb notify test releases --environment production',
  },
  args: {
    name: { type: 'positional', description: 'The notifier; all of plumbline.yaml when absent', required: false },
    environment: { type: 'string', description: 'With the secrets of this environment alone', valueHint: 'ENV' },
  },
  async run({ args, client, terminal, signal }) {
    const tests = await client.call('testNotifier', { notifier: args.name, environment: args.environment }, { signal });
    const code = tests.every(({ arrived }) => arrived) ? exitCodes.done : exitCodes.failed;
    if (args.json) {
      terminal.json(tests);
      return code;
    }
    const { green, red } = terminal.colour;
    const rows = tests.map((one) => [
      one.notifier,
      one.kind,
      one.environment,
      one.arrived ? green('arrived') : red('not sent'),
      one.because,
    ]);
    terminal.print(table(['NOTIFIER', 'KIND', 'ENVIRONMENT', 'MESSAGE', 'WHY'], rows));
    return code;
  },
});
