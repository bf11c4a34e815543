import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const words = z.string().min(1);
const about = {
  id: z.string().regex(/^E\d+-\d+$/),
  /** What there is instead of what the specification says. */
  instead: words,
  /** Why the specification's way does not do. */
  because: words,
};

const erratum = z.union(
  [
    /** A test file, or a folder with it, in which a test's name begins with the id. */
    z.strictObject({ ...about, test: words }),
    /** Files that are made so that it cannot happen. */
    z.strictObject({ ...about, design: z.array(words).min(1) }),
    /** Why it does not concern us. */
    z.strictObject({ ...about, not_applicable: words }),
    /** The chapter of the specification that is not built yet. */
    z.strictObject({ ...about, later: z.union([z.literal(9), z.literal(10), z.literal(12)]) }),
  ],
  { error: 'an erratum has id, instead, because, and one of test, design, not_applicable and later (9, 10 or 12)' },
);

/** A mistake of the specification, what there is instead, and what keeps it from coming back. */
export type Erratum = z.infer<typeof erratum>;

/** Where the register is, from the repository's root. */
export const registerFile = 'docs/errata.yaml';

/** The register's errata, in its order. Throws with entry and reason where one is written wrongly. */
export const readRegister = async (file: URL): Promise<readonly Erratum[]> => {
  const read = z.array(erratum).safeParse(parse(await readFile(file, 'utf8')));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${registerFile}: entry ${Number(issue?.path[0] ?? 0) + 1}: ${issue?.message}`);
};
