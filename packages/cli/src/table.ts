import { stripVTControlCharacters } from 'node:util';

/** Rows under their headings, columns aligned, two spaces between; the last column keeps no trailing space. */
export const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  return all
    .map((row) =>
      widths
        .map((wanted, column) => padded(row[column] ?? '', wanted))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const padded = (text: string, wanted: number): string => text + ' '.repeat(Math.max(0, wanted - width(text)));

const width = (text: string): number => [...stripVTControlCharacters(text)].length;
