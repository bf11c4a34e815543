import { stripVTControlCharacters } from 'node:util';
import { renderUsage } from 'citty';
import { type Command, everyArgs } from './command.ts';
import { table } from './table.ts';

/** The help of a command: what it does, what it takes, and an example. */
export const usageOf = async (command: Command, colours: boolean): Promise<string> => {
  const { name, description, example } = command.meta;
  const usage = await renderUsage({
    meta: { name: `plumb ${name}`, description },
    args: { ...command.args, ...everyArgs },
  });
  const text = `${usage.trimEnd()}\n\nEXAMPLE\n\n  ${example.replaceAll('\n', '\n  ')}\n`;
  return colours ? text : stripVTControlCharacters(text);
};

/** The help of a word that commands begin with: what each does, and an example of each. */
export const usageOfGroup = (commands: readonly Command[]): string => {
  const metas = commands.map(({ meta }) => meta);
  const list = table(
    ['COMMAND', 'WHAT IT DOES'],
    metas.map(({ name, description }) => [`plumb ${name}`, description]),
  );
  const examples = metas.map(({ example }) => `  ${example.replaceAll('\n', '\n  ')}`);
  return `${list}\n\nEXAMPLES\n\n${examples.join('\n')}\n\nEach takes --help, --json and --directory PATH.`;
};
