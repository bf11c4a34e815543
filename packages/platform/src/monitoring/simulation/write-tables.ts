import { readFile, writeFile } from 'node:fs/promises';
import { simulateAll, tablesOf, withTables } from './tables.ts';

const page = new URL('../../../../../docs/verdicts.md', import.meta.url);
await writeFile(page, withTables(await readFile(page, 'utf8'), tablesOf(simulateAll())));
