import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blocksIn } from './hcl.ts';
import { withTables } from './module-readme.ts';
import { moduleFolders } from './modules.ts';

// Writes the tables of every module's README anew, after a change of its variables, outputs or resources.
for (const folder of await moduleFolders()) {
  const readme = join(folder, 'README.md');
  await writeFile(readme, withTables(await readFile(readme, 'utf8'), await blocksIn(folder)));
}
