import { type Command, defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';
import { usageOf, usageOfGroup } from '../usage.ts';

/** The commands that there are, handed in: the list knows this file already. */
export interface Listed {
  readonly names: readonly string[];
  load(name: string): Promise<Command>;
}

export const helpOf = ({ names, load }: Listed) =>
  defineCommand({
    meta: { name: 'help', description: 'List every command, or explain one', example: 'plumb help ship' },
    args: {
      command: { type: 'positional', description: 'The command to explain', required: false },
      part: { type: 'positional', description: 'Its second word, where it has one', required: false },
    },
    async run({ args, terminal }) {
      if (args.command !== undefined) {
        const wanted = [args.command, args.part].filter(Boolean).join(' ');
        const ofGroup = names.filter((name) => name.startsWith(`${wanted} `));
        const isGroup = ofGroup.length > 0 && !names.includes(wanted);
        terminal.print(
          isGroup
            ? usageOfGroup(await Promise.all(ofGroup.map(load)))
            : await usageOf(await load(wanted), terminal.colour.isColorSupported),
        );
        return exitCodes.done;
      }
      const all = await Promise.all(names.map(async (name) => (await load(name)).meta));
      if (args.json) {
        terminal.json(all);
        return exitCodes.done;
      }
      terminal.print('Plumbline delivers and operates this app.\n');
      terminal.print(
        table(
          ['COMMAND', 'WHAT IT DOES'],
          all.map(({ name, description }) => [`plumb ${name}`, description]),
        ),
      );
      terminal.print('\nplumb COMMAND --help explains one. Each takes --json and --directory PATH.');
      return exitCodes.done;
    },
  });
