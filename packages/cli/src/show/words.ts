import { stripVTControlCharacters } from 'node:util';

/** Words that a program printed, without what would colour or move things on this terminal. */
export const plainWords = (text: string): string =>
  [...stripVTControlCharacters(text)]
    .filter((letter) => letter === '\n' || letter === '\t' || letter >= ' ')
    .join('')
    .trimEnd();

/** The first line of a reason; the rest of it is shown where there is room. */
export const firstLine = (text: string): string => {
  const [first = '', second] = plainWords(text).split('\n', 2);
  return second === undefined ? first : `${first} …`;
};
