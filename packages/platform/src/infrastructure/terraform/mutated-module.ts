import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { exec } from '../../kernel/exec.ts';
import {
  type Mutation,
  type Outcome,
  onlyRun,
  outcomeOf,
  testedIn,
  withoutGuard,
  writtenMutations,
} from './mutations.ts';

/** What came of breaking a module on purpose. */
export interface Mutated {
  readonly module: string;
  readonly tried: number;
  /** Mutations that nothing noticed. */
  readonly missed: readonly string[];
  /** Assertions that no mutation is written for. */
  readonly unguarded: readonly string[];
  readonly ms: number;
}

/** Which of the mutations are tried: every `of`th, beginning with `part`, from 0. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** Breaks a module in a copy of all Terraform, one thing at a time, and asks its tests each time. */
export const mutateModule = async (terraform: string, module: string, { part, of }: Share): Promise<Mutated> => {
  const began = performance.now();
  const copy = await mkdtemp(join(tmpdir(), 'plumbline-mutations-'));
  try {
    await cp(terraform, copy, { recursive: true, filter: (path) => !path.includes('.terraform') });
    const folder = join(copy, relative(terraform, module));
    const { mutations, unguarded, runs } = await mutationsFor(folder);
    await terraformIn(folder, ['init', '-backend=false', '-input=false']);
    // A part is tried after the tests themselves, which need not be asked again.
    if (of === 1) await expectToPass(folder, module);
    const tried = mutations.filter((_, index) => index % of === part);
    const missed: string[] = [];
    for (const mutation of tried) {
      const asked = runs.get(mutation.breaks);
      if (asked === undefined) throw new Failure('bad-input', `no test of ${module} says "${mutation.breaks}"`);
      if (!(await isNoticed(folder, mutation, asked))) missed.push(`${mutation.file}: ${mutation.breaks}`);
    }
    return {
      module: relative(terraform, module),
      tried: tried.length,
      missed,
      unguarded,
      ms: performance.now() - began,
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
};

const expectToPass = async (folder: string, module: string): Promise<void> => {
  const { hasPassed, failed } = await testsIn(folder);
  if (!hasPassed)
    throw new Failure('check-failed', `the tests of ${module} fail as they are: ${[...failed].join('; ')}`);
};

/** A test file and the run in it. */
interface Asked {
  readonly file: string;
  readonly text: string;
  readonly run: string;
}

interface Planned {
  readonly mutations: readonly Mutation[];
  readonly unguarded: readonly string[];
  /** By what a mutation breaks, whom to ask. */
  readonly runs: ReadonlyMap<string, Asked>;
}

const mutationsFor = async (folder: string): Promise<Planned> => {
  const tests = join(folder, 'tests');
  const names = await readdir(tests);
  const mutations: Mutation[] = [];
  const runs = new Map<string, Asked>();
  for (const file of names.filter((one) => one.endsWith('.tftest.hcl'))) {
    const text = await readFile(join(tests, file), 'utf8');
    const { assertions, refusals } = await testedIn(text, file);
    for (const { run, message } of assertions) runs.set(message, { file, text, run });
    for (const { run } of refusals) runs.set(run, { file, text, run });
    for (const refusal of refusals) mutations.push(await unguarding(folder, refusal));
  }
  if (names.includes('mutations.yaml'))
    mutations.push(...writtenMutations(await readFile(join(tests, 'mutations.yaml'), 'utf8')));
  const broken = new Set(mutations.map(({ breaks }) => breaks));
  return { mutations, runs, unguarded: [...runs.keys()].filter((message) => !broken.has(message)) };
};

/** A refusal needs no mutation of its own: its guard is taken away. */
const unguarding = async (folder: string, { run, by }: { run: string; by: string }): Promise<Mutation> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.tf'));
  for (const file of files) {
    const source = await readFile(join(folder, file), 'utf8');
    if (withoutGuard(source, by) !== source) return { file, breaks: run, mutate: (text) => withoutGuard(text, by) };
  }
  throw new Failure('bad-input', `run "${run}" expects ${by} to refuse, which has no condition in ${folder}`);
};

const isNoticed = async (folder: string, { file, mutate, breaks }: Mutation, asked: Asked): Promise<boolean> => {
  const path = join(folder, file);
  const test = join(folder, 'tests', asked.file);
  const source = await readFile(path, 'utf8');
  await writeFile(path, mutate(source));
  await writeFile(test, onlyRun(asked.text, asked.run));
  try {
    return (await testsIn(folder)).failed.has(breaks);
  } finally {
    await writeFile(path, source);
    await writeFile(test, asked.text);
  }
};

const testsIn = async (folder: string): Promise<Outcome> => outcomeOf(await terraformIn(folder, ['test', '-json']));

const fiveMinutes = 300_000;

const terraformIn = async (folder: string, args: readonly string[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  const env = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const onLine = (line: string) => lines.push(line);
  const ended = await exec('terraform', args, { cwd: folder, env, onLine, timeoutMs: fiveMinutes });
  if (ended.stopped) throw new Failure('deadline', `terraform ${args[0]} in ${folder} took over five minutes`);
  if (args[0] === 'init' && ended.code !== 0)
    throw new Failure('command-failed', `terraform init failed in ${folder}:\n${ended.tail.join('\n')}`);
  return lines;
};
