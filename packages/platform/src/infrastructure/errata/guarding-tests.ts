import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const id = /E\d+-\d+/g;
// A test's own name: `test('E1-2: …`, `describe('E1-2, E1-3: …`, also after `.skipIf(…)` and at the end of `.each([…])`.
const named = /(?:\b(?:test|describe)\b[^'"`\n]*|^\s*\](?: as const)?\))\(\s*['"`]((?:E\d+-\d+(?:, )?)+):/gm;
// A row of a table, where the table's tests are named after its first column.
const row = /^\s*\[\s*['"](E\d+-\d+)(?:: [^'"]*)?['"],/gm;
const namedAfterRow = /\(\s*['"`]%s\b/;

/** The errata with which names of tests begin in a test file's text. */
export const errataOfTests = (text: string): ReadonlySet<string> => {
  const names = [...text.matchAll(named)].flatMap(([, ids = '']) => ids.match(id) ?? []);
  const rows = namedAfterRow.test(text) ? [...text.matchAll(row)].flatMap(([, one = '']) => one) : [];
  return new Set([...names, ...rows]);
};

/** The same for a file, or for all test files below a folder; null where neither is. */
export const errataOfTestsIn = (path: string): ReadonlySet<string> | null => {
  if (!existsSync(path)) return null;
  if (!statSync(path).isDirectory()) return errataOfTests(readFileSync(path, 'utf8'));
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => /\.test\.tsx?$/.test(file));
  return new Set(files.flatMap((file) => [...errataOfTests(readFileSync(join(path, file), 'utf8'))]));
};
