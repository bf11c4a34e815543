import { Misuse } from './command.ts';
import { didYouMean } from './nearest.ts';

export type Found =
  | { readonly kind: 'command'; readonly name: string; readonly rest: readonly string[]; readonly wantsHelp: boolean }
  /** Help for a word that is no command by itself: these begin with it. */
  | { readonly kind: 'group'; readonly names: readonly string[] };

const helpWords = ['--help', '-h'];

/** Finds the command that was typed: the first word, or the first two where a command has parts ("secret set"). */
export const commandIn = (argv: readonly string[], names: readonly string[]): Found => {
  const cut = argv.indexOf('--');
  const wantsHelp = argv.slice(0, cut === -1 ? undefined : cut).some((word) => helpWords.includes(word));
  const words = argv.filter((word) => !helpWords.includes(word));
  const [first = 'help', second] = words;
  const pair = `${first} ${second}`;
  if (names.includes(pair)) return { kind: 'command', name: pair, rest: words.slice(2), wantsHelp };
  const ofGroup = names.filter((name) => name.startsWith(`${first} `));
  if (names.includes(first)) {
    if (ofGroup.length > 0) refuseUnknownPart(first, second, ofGroup);
    return { kind: 'command', name: first, rest: words.slice(1), wantsHelp };
  }
  if (ofGroup.length > 0 && wantsHelp && !isWord(second)) return { kind: 'group', names: ofGroup };
  throw new Misuse(whyUnknown(first, second, names, ofGroup));
};

/** A group that is a command as well takes no words of its own, so that a word is a part which is misspelled. */
const refuseUnknownPart = (first: string, second: string | undefined, ofGroup: readonly string[]): void => {
  if (isWord(second)) throw new Misuse(unknownPart(first, second, ofGroup));
};

const isWord = (typed: string | undefined): typed is string => typed !== undefined && !typed.startsWith('-');

const unknownPart = (first: string, second: string, ofGroup: readonly string[]): string => {
  const parts = partsOf(first, ofGroup);
  const near = didYouMean(second, parts);
  return `there is no command "${first} ${second}"${near || `: plumb ${first} has ${parts.join(', ')}`}`;
};

const partsOf = (first: string, ofGroup: readonly string[]): readonly string[] =>
  ofGroup.map((name) => name.slice(first.length + 1));

const whyUnknown = (
  first: string,
  second: string | undefined,
  names: readonly string[],
  ofGroup: readonly string[],
): string => {
  if (ofGroup.length > 0)
    return isWord(second)
      ? unknownPart(first, second, ofGroup)
      : `plumb ${first} needs one of: ${partsOf(first, ofGroup).join(', ')}`;
  const near = didYouMean(first, firstWords(names));
  return `there is no command "${first}"${near}`;
};

const firstWords = (names: readonly string[]): readonly string[] => [
  ...new Set(names.map((name) => name.split(' ', 1)[0] ?? name)),
];
