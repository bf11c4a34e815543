import { stripVTControlCharacters } from 'node:util';
import { renderUsage } from 'citty';
import { type Command, everyArgs } from './command.ts';

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
