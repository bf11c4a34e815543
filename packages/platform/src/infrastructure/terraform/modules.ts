import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the Terraform of this repository lies. */
export const terraformFolder = fileURLToPath(new URL('../../../../../terraform', import.meta.url));

/** The folders of all modules, in the order of their names. */
export const moduleFolders = async (): Promise<readonly string[]> => {
  const folder = join(terraformFolder, 'modules');
  return (await readdir(folder)).sort().map((name) => join(folder, name));
};
