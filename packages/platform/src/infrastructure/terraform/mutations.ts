import { parse as parseHcl } from '@cdktn/hcl2json';
import { Failure } from '@plumbline/contract/failure';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** One thing broken on purpose, and what has to notice: an assertion by its message, or a run that expects a refusal. */
export interface Mutation {
  /** From the module's folder. */
  readonly file: string;
  readonly mutate: (text: string) => string;
  readonly breaks: string;
}

const written = z.array(
  z.strictObject({
    file: z.string(),
    /** Whole lines, however they are indented and aligned. */
    replace: z.string(),
    by: z.string(),
    breaks: z.string(),
  }),
);

/** Reads tests/mutations.yaml. */
export const writtenMutations = (text: string): readonly Mutation[] =>
  written.parse(parseYaml(text) ?? []).map(({ file, replace, by, breaks }) => ({
    file,
    breaks,
    mutate: (source) => replaced(source, replace, by, file),
  }));

/** Puts other lines in the place of those, which must stand there exactly once. Throws `bad-input` otherwise. */
const replaced = (source: string, lines: string, by: string, file: string): string => {
  const pattern = lines
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(escaped).join('\\s+'))
    .join('[ \\t]*\\n\\s*');
  const found = [...source.matchAll(new RegExp(`(?<=^|\\n)[ \\t]*${pattern}[ \\t]*(?=\\n|$)`, 'g'))];
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new Failure('bad-input', `${file} has the lines ${found.length} times, not once:\n${lines}`, {
      hint: 'write the mutation for the lines as they are now',
    });
  return `${source.slice(0, one.index)}${by}${source.slice(one.index + one[0].length)}`;
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const runs = z.object({
  run: z
    .record(
      z.string(),
      z.array(
        z.object({
          assert: z.array(z.object({ error_message: z.string() })).default([]),
          expect_failures: z.string().or(z.array(z.string())).default([]),
        }),
      ),
    )
    .default({}),
});

/** What a test file holds that a mutation can break. */
export interface Tested {
  readonly assertions: readonly { readonly run: string; readonly message: string }[];
  /** Runs that expect a refusal, each with whose: `var.zones`, `output.capacity`, `aws_db_instance.main`. */
  readonly refusals: readonly { readonly run: string; readonly by: string }[];
}

/** Reads a .tftest.hcl. */
export const testedIn = async (text: string, file: string): Promise<Tested> => {
  const parsed = runs.parse(await parseHcl(file, text));
  const all = Object.entries(parsed.run).flatMap(([name, bodies]) => bodies.map((body) => ({ name, ...body })));
  return {
    assertions: all.flatMap(({ name, assert }) =>
      assert.map(({ error_message }) => ({ run: name, message: error_message })),
    ),
    refusals: all.flatMap(({ name, expect_failures }) =>
      [expect_failures].flat().map((by) => ({ run: name, by: by.replace(/^\$\{|\}$|[[\]\s]/g, '') })),
    ),
  };
};

/** The test file with one run alone: a mutation asks only the run that has to notice it, and a run is what costs time. */
export const onlyRun = (text: string, run: string): string => {
  const [head = '', ...all] = text.split(/^(?=run ")/m);
  return head + all.filter((one) => one.startsWith(`run "${run}" {`)).join('');
};

/** Takes the conditions out of a guard, so that the run which expects its refusal waits in vain. */
export const withoutGuard = (source: string, guard: string): string => {
  const [kind = '', name = ''] = guard.split('.');
  const head = { var: `variable "${name}" {`, output: `output "${name}" {` }[kind] ?? `resource "${kind}" "${name}" {`;
  const start = source.indexOf(head);
  if (start < 0) return source;
  const end = source.indexOf('\n}', start);
  // Terraform wants a condition to speak of something, so that what it says stays, without effect.
  const block = source.slice(start, end).replace(/(\n\s*condition\s*=\s*)(.*)/g, '$1($2) || true');
  return source.slice(0, start) + block + source.slice(end);
};

/** What `terraform test -json` printed, as far as a mutation is concerned. */
export interface Outcome {
  /** Messages of assertions that failed, and names of runs that did not end well. */
  readonly failed: ReadonlySet<string>;
  readonly hasPassed: boolean;
}

const event = z.object({
  type: z.string(),
  diagnostic: z.object({ summary: z.string(), detail: z.string().default('') }).optional(),
  test_run: z.object({ run: z.string(), status: z.string().optional() }).optional(),
  test_summary: z.object({ status: z.string() }).optional(),
});

/** Reads the lines. What is no event of a test is passed over. */
export const outcomeOf = (lines: readonly string[]): Outcome => {
  const failed = new Set<string>();
  let hasPassed = false;
  for (const line of lines) {
    const parsed = event.safeParse(jsonOf(line));
    if (!parsed.success) continue;
    const { diagnostic, test_run, test_summary } = parsed.data;
    if (diagnostic?.summary === 'Test assertion failed') failed.add(diagnostic.detail);
    if (test_run?.status === 'fail' || test_run?.status === 'error') failed.add(test_run.run);
    if (test_summary?.status === 'pass') hasPassed = true;
  }
  return { failed, hasPassed };
};

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
