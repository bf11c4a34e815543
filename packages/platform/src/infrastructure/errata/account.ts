import type { Erratum } from './register.ts';

/** How many errata each chapter of the specification has: 138. */
const inChapter = [7, 3, 6, 32, 19, 19, 9, 9, 10, 7, 7, 5, 5];
const fewestByTest = 90;
const mostNotApplicable = 5;

/** Every erratum's id. */
export const allErrata: readonly string[] = inChapter.flatMap((count, chapter) =>
  Array.from({ length: count }, (_, index) => `E${chapter}-${index + 1}`),
);

export interface Sources {
  /** The errata that tests of a file, or below a folder, are named after; null where there is neither. */
  testsIn(path: string): ReadonlySet<string> | null;
  isThere(path: string): boolean;
}

export interface Account {
  readonly errata: number;
  readonly byTest: number;
  readonly byDesign: number;
  readonly notApplicable: number;
  readonly notBuiltYet: number;
  /** What is wrong with the register, a sentence each; empty: every erratum is accounted for. */
  readonly wrong: readonly string[];
}

/** Counts what guards against the errata, and says which are not accounted for. A guard that is not there counts for nothing. */
export const accountOf = (register: readonly Erratum[], sources: Sources): Account => {
  const wrong = [...register.flatMap((one) => whyNoGuard(one, sources) ?? []), ...idsWrong(register)];
  const guarded = register.filter((one) => whyNoGuard(one, sources) === null);
  const byTest = guarded.filter((one) => 'test' in one).length;
  const notApplicable = guarded.filter((one) => 'not_applicable' in one).length;
  if (byTest < fewestByTest) wrong.push(`${byTest} are guarded by a test, and ${fewestByTest} are the fewest`);
  if (notApplicable > mostNotApplicable)
    wrong.push(`${notApplicable} are said not to apply, and ${mostNotApplicable} are the most`);
  return {
    errata: allErrata.length,
    byTest,
    byDesign: guarded.filter((one) => 'design' in one).length,
    notApplicable,
    notBuiltYet: guarded.filter((one) => 'later' in one).length,
    wrong,
  };
};

const whyNoGuard = (one: Erratum, { testsIn, isThere }: Sources): string | null => {
  if ('test' in one) {
    const found = testsIn(one.test);
    if (found === null) return `${one.id}: there is no ${one.test}`;
    return found.has(one.id) ? null : `${one.id}: the name of no test in ${one.test} begins with it`;
  }
  if (!('design' in one)) return null;
  const missing = one.design.filter((path) => !isThere(path));
  return missing.length === 0 ? null : `${one.id}: there is no ${missing.join(', ')}`;
};

const idsWrong = (register: readonly Erratum[]): readonly string[] => {
  const ids = register.map(({ id }) => id);
  return [
    ...allErrata.filter((id) => !ids.includes(id)).map((id) => `${id} is not accounted for`),
    ...ids.filter((id) => !allErrata.includes(id)).map((id) => `${id}: there is no such erratum`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`),
  ];
};
