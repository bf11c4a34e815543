// @ts-check
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A release's migrations: one file, or a folder of them. `earlier` are those of releases before it.
 * @typedef {{ readonly name: string, readonly part: 'tuning' | 'held-out', readonly folder: string, readonly earlier: readonly string[], readonly files: readonly string[] }} Case
 */

const root = fileURLToPath(new URL('corpus', import.meta.url));

/** Every case of the corpus, in the order of their names. @returns {Promise<readonly Case[]>} */
export const cases = async () => [...(await casesIn('tuning')), ...(await casesIn('held-out'))];

/** @param {Case['part']} part @returns {Promise<readonly Case[]>} */
const casesIn = async (part) => {
  const entries = (await readdir(join(root, part), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(
    entries.map(async (entry) => {
      const isFolder = entry.isDirectory();
      const folder = isFolder ? join(root, part, entry.name) : join(root, part);
      const files = isFolder ? (await readdir(folder)).sort() : [entry.name];
      return {
        name: basename(entry.name, '.js'),
        part,
        folder,
        earlier: files.filter((file) => file.startsWith('earlier-')),
        files: files.filter((file) => !file.startsWith('earlier-')),
      };
    }),
  );
};
