import { fileURLToPath } from 'node:url';
import { wholeNumber } from '../arguments.ts';
import { defineCommand } from '../command.ts';

export const start = defineCommand({
  meta: {
    name: 'start',
    description: 'Bring everything up, ship the checkout, and stay until Ctrl-C',
    example: 'plumb start --directory ../other-app --port 4700',
  },
  args: {
    port: {
      type: 'string',
      description: 'Of the control plane; else the one of last time, 4600, or a free one',
      valueHint: 'N',
    },
  },
  async run({ args, terminal, place, surroundings }) {
    const { runStart } = await import('../start/run.ts');
    return runStart({
      place,
      terminal,
      surroundings,
      json: args.json,
      port: args.port === undefined ? null : wholeNumber('port', args.port),
      programs: {
        agent: fileURLToPath(import.meta.resolve('@plumbline/agent/main')),
        server: fileURLToPath(import.meta.resolve('@plumbline/server/main')),
      },
    });
  },
});
