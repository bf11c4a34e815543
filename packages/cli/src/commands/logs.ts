import { wholeNumber } from '../arguments.ts';
import { type Context, defineCommand, exitCodes } from '../command.ts';
import { plainWords } from '../show/words.ts';
import { followLogs } from '../stream.ts';

export const logs = defineCommand({
  meta: {
    name: 'logs',
    description: 'Show what the replicas of an environment print',
    example: 'plumb logs production backend --follow --tail 20',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    service: { type: 'positional', description: 'Of this service alone', required: false },
    follow: { type: 'boolean', alias: 'f', description: 'Go on with what comes until Ctrl-C', default: false },
    tail: { type: 'string', description: 'How many lines of the past', default: '100', valueHint: 'N' },
  },
  async run({ args, client, terminal, signal }) {
    const query = {
      environment: args.env,
      service: args.service,
      tail: wholeNumber('tail', args.tail, 0),
      follow: args.follow ? 'true' : 'false',
    };
    const whenCut = () => terminal.say('the control plane is away; waiting for it');
    for await (const line of followLogs(client, query, { signal, whenCut })) {
      if (args.json) terminal.json(line);
      else terminal.print(`${colourOf(line.replica, terminal)}  ${plainWords(line.line)}`);
    }
    return exitCodes.done;
  },
});

const colourNames = ['cyan', 'magenta', 'yellow', 'blue', 'green'] as const;

/** Each replica has a colour of its own, always the same, as far as there are colours. */
const colourOf = (replica: string, { colour }: Context['terminal']): string => {
  const sum = [...replica].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return colour[colourNames[sum % colourNames.length] ?? 'cyan'](replica);
};
