import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, parseArgs } from 'citty';
import { type ArgsOf, Misuse } from './command.ts';
import { didYouMean } from './nearest.ts';

/** Parses what was typed. Unlike citty alone it refuses options that nobody knows and words that nobody asked for. */
export const parseArguments = <A extends ArgsDef>(argv: readonly string[], definition: A): ArgsOf<A> => {
  refuseUnknownOptions(argv, definition);
  const args = parsed(argv, definition);
  const positionals = Object.values(definition).filter(({ type }) => type === 'positional').length;
  const surplus = args._[positionals];
  if (surplus !== undefined) throw new Misuse(`"${surplus}" is one word too many`);
  refuseMissingAndEmpty(args, definition);
  // citty filled in exactly what the definition says.
  return args as unknown as ArgsOf<A>;
};

const parsed = (argv: readonly string[], definition: ArgsDef) => {
  try {
    return parseArgs([...argv], definition);
  } catch (error) {
    // citty throws for what is missing or not among the options; its words are for people.
    throw new Misuse(error instanceof Error ? stripVTControlCharacters(error.message) : String(error));
  }
};

const refuseUnknownOptions = (argv: readonly string[], definition: ArgsDef): void => {
  const known = optionNames(definition);
  for (const word of argv) {
    if (word === '--') return;
    if (!/^--?[a-zA-Z]/.test(word)) continue;
    const name = word.split('=', 1)[0] ?? word;
    if (!known.includes(name)) throw new Misuse(`there is no option ${name}${didYouMean(name, known)}`);
  }
};

const optionNames = (definition: ArgsDef): string[] =>
  Object.entries(definition).flatMap(([name, arg]) => {
    if (arg.type === 'positional') return [];
    const aliases = 'alias' in arg ? [arg.alias ?? []].flat().map((alias) => `-${alias}`) : [];
    return [`--${name}`, ...aliases, ...(arg.type === 'boolean' ? [`--no-${name}`] : [])];
  });

/** citty asks for required strings, but not for required choices. */
const refuseMissingAndEmpty = (args: Readonly<Record<string, unknown>>, definition: ArgsDef): void => {
  for (const [name, { type, required }] of Object.entries(definition)) {
    if (type === 'enum' && required && args[name] === undefined)
      throw new Misuse(`Missing required argument: --${name}`);
    if (type === 'string' && args[name] === '') throw new Misuse(`--${name} needs a value`);
  }
};

/** A whole number of an option, at least `least`. */
export const wholeNumber = (name: string, text: string, least = 1): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Misuse(`--${name} must be a whole number from ${least} on, not "${text}"`);
};
