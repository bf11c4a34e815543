import { Misuse } from './command.ts';
import { didYouMean } from './nearest.ts';

export interface Found {
  readonly name: string;
  readonly rest: readonly string[];
  readonly wantsHelp: boolean;
}

const helpWords = ['--help', '-h'];

/** Finds the command that was typed: the first word, or the first two where a command has parts ("secret set"). */
export const commandIn = (argv: readonly string[], names: readonly string[]): Found => {
  const cut = argv.indexOf('--');
  const wantsHelp = argv.slice(0, cut === -1 ? undefined : cut).some((word) => helpWords.includes(word));
  const words = argv.filter((word) => !helpWords.includes(word));
  const [first = 'help', second] = words;
  const pair = `${first} ${second}`;
  if (names.includes(pair)) return { name: pair, rest: words.slice(2), wantsHelp };
  if (names.includes(first)) return { name: first, rest: words.slice(1), wantsHelp };
  throw new Misuse(whyUnknown(first, pair, names));
};

const whyUnknown = (first: string, pair: string, names: readonly string[]): string => {
  const parts = names.filter((name) => name.startsWith(`${first} `));
  if (parts.length > 0)
    return `plumb ${first} needs one of: ${parts.map((name) => name.slice(first.length + 1)).join(', ')}`;
  const near = didYouMean(first, names) || didYouMean(pair, names);
  return `there is no command "${first}"${near}`;
};
