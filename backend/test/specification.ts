import { readFileSync } from 'node:fs';

/** Lines of the specification, word for word. */
export const specified = (name: string): string =>
  readFileSync(new URL(`./specification/${name}`, import.meta.url), 'utf8');

/** A program of the specification that can run: without its imports and types, and with what it takes from elsewhere. */
export function programOf<Made>(name: string, given: Readonly<Record<string, unknown>>, made: string): Made {
  const text = specified(name)
    .replaceAll(/^import .*$/gm, '')
    .replaceAll(/(\w): (?:string|any)\b/g, '$1');
  return new Function(...Object.keys(given), `${text}\nreturn ${made};`)(...Object.values(given));
}
