const longestLine = 120;

/** JSON for a file that people read: two spaces, and lists of plain values on one line where they fit, as the formatter has them. */
export const jsonText = (value: unknown): string => `${shortLists(JSON.stringify(value, null, 2))}\n`;

const shortLists = (json: string): string =>
  json.replaceAll(/^(.*)\[\n([^[\]{}]*)\n *\](,?)$/gm, (written, before: string, values: string, after: string) => {
    const short = `${before}[${values.trim().replaceAll(/,\n */g, ', ')}]${after}`;
    return short.length <= longestLine ? short : written;
  });
