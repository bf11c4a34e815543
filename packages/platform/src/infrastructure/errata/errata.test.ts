import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { accountOf, allErrata, type Sources } from './account.ts';
import { errataOfTests, errataOfTestsIn } from './guarding-tests.ts';
import { errataPage, pageFile } from './page.ts';
import { type Erratum, readRegister, registerFile } from './register.ts';

const root = new URL('../../../../../', import.meta.url);
const inRoot = (path: string): string => fileURLToPath(new URL(path, root));
const register = await readRegister(new URL(registerFile, root));

test('every erratum is accounted for, by a test or a file that is there', () => {
  const sources = {
    testsIn: (path: string) => errataOfTestsIn(inRoot(path)),
    isThere: (path: string) => existsSync(inRoot(path)),
  };
  const account = accountOf(register, sources);
  expect(account.wrong).toEqual([]);
  expect(account.errata).toBe(account.byTest + account.byDesign + account.notApplicable + account.notBuiltYet);
});

test('the page is what the register says: `npm run errata -- --write` writes it', async () => {
  expect(await readFile(inRoot(pageFile), 'utf8')).toBe(errataPage(register));
});

test('there are 138 errata', () => {
  expect(allErrata).toHaveLength(138);
  expect(allErrata.at(-1)).toBe('E12-5');
});

const about = (id: string) => ({ id, instead: 'this', because: 'that' });
const guarded = allErrata.map((id): Erratum => ({ ...about(id), test: 'a.test.ts' }));
const having = (id: string, guard: Omit<Erratum, keyof ReturnType<typeof about>>) =>
  // Each guard below is one of the union's.
  guarded.map((one) => (one.id === id ? ({ ...about(id), ...guard } as Erratum) : one));
const sources: Sources = {
  testsIn: (path) => (path === 'a.test.ts' ? new Set(allErrata) : path === 'b.test.ts' ? new Set(['E0-1']) : null),
  isThere: (path) => path === 'there.ts',
};

test('what is accounted for in any way is right', () => {
  const all = having('E1-1', { design: ['there.ts'] }).map((one) =>
    one.id === 'E9-1' ? { ...about('E9-1'), later: 9 as const } : one,
  );
  expect(accountOf(all, sources)).toEqual({
    errata: 138,
    byTest: 136,
    byDesign: 1,
    notApplicable: 0,
    notBuiltYet: 1,
    wrong: [],
  });
});

test.each([
  ['one that is left out', guarded.slice(1), 'E0-1 is not accounted for'],
  ['one that there is not', [...guarded, { ...about('E13-1'), test: 'a.test.ts' }], 'E13-1: there is no such erratum'],
  ['one that is there twice', [...guarded, { ...about('E0-1'), test: 'a.test.ts' }], 'E0-1 is there twice'],
  ['a test file that is gone', having('E0-1', { test: 'c.test.ts' }), 'E0-1: there is no c.test.ts'],
  [
    'a test with another name',
    having('E0-2', { test: 'b.test.ts' }),
    'E0-2: the name of no test in b.test.ts begins with it',
  ],
  ['a file that is gone', having('E0-1', { design: ['there.ts', 'gone.ts'] }), 'E0-1: there is no gone.ts'],
])('%s is told', (_what, all, sentence) => {
  expect(accountOf(all, sources).wrong).toContain(sentence);
});

test('too few tests, and too many that do not apply, are told', () => {
  const none = guarded.map(({ id }) => ({ ...about(id), not_applicable: 'no' }));
  expect(accountOf(none, sources).wrong).toEqual([
    '0 are guarded by a test, and 90 are the fewest',
    '138 are said not to apply, and 5 are the most',
  ]);
});

test('a test is found by the beginning of its name, or of its row', () => {
  const text = [
    "test('E1-1: one', () => {",
    "  describe.skipIf(!here)('E1-2, E1-3: two', () => {",
    "test('no E1-4: in the middle', () => {",
    '// E1-5: a comment',
    "  ['E1-6', 'a row'],",
    "])('E1-7: of a table', () => {",
  ].join('\n');
  expect([...errataOfTests(text)]).toEqual(['E1-1', 'E1-2', 'E1-3', 'E1-7']);
  expect([...errataOfTests(`${text}\n])('%s: named after its row', () => {`)]).toContain('E1-6');
});
