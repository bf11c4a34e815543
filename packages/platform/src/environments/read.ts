import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { z } from 'zod';
import { checkAll } from './check.ts';
import { type Description, description } from './description.ts';
import { type Environment, environment } from './environment.ts';
import { explain } from './explain.ts';
import { type Finding, findingText, sortFindings } from './finding.ts';
import type { Located } from './located.ts';
import { parseYaml } from './yaml-file.ts';

/** Where a description is read from: a folder, or a commit. Paths are written from the app's folder, with slashes. */
export interface DescribedFiles {
  /** How a person finds it, for messages. */
  readonly where: string;
  /** Undefined where there is no such file. */
  read(file: string): Promise<string | undefined>;
  /** Names of the files directly in the folder; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
}

/** The app and its environments, in the order of the path; environments on no path come last. */
export interface Described {
  readonly description: Description;
  readonly environments: readonly Environment[];
}

export interface ReadDescription {
  /** There when no finding is an error. */
  readonly described: Described | undefined;
  readonly findings: readonly Finding[];
}

export const descriptionFile = 'plumbline.yaml';
export const environmentsFolder = 'environments';

/** What some use of a description asks of it beyond what every use does. */
export type MoreChecks = (
  app: Located<Description>,
  environments: readonly Located<Environment>[],
) => readonly Finding[];

/** Reads and checks everything, and says all that is wrong at once. */
export const readDescription = async (files: DescribedFiles, more: MoreChecks = () => []): Promise<ReadDescription> => {
  const app = await readFileAs(files, descriptionFile, description);
  const environments = await readEnvironments(files);
  const findings = [...app.findings, ...environments.findings];
  if (app.located)
    findings.push(
      ...(await checkAll(app.located, environments.located, environments.findings.length === 0)),
      ...more(app.located, environments.located),
    );
  const located = app.located;
  const isWrong = findings.some(({ severity }) => severity === 'error');
  return {
    described:
      isWrong || !located
        ? undefined
        : inOrder(
            located.value,
            environments.located.map(({ value }) => value),
          ),
    findings: sortFindings(findings),
  };
};

/** The description, with what it warns of; a wrong one is a Failure that says every error. */
export const loadDescription = async (
  files: DescribedFiles,
  more?: MoreChecks,
): Promise<Described & { readonly warnings: readonly Finding[] }> => {
  const { described, findings } = await readDescription(files, more);
  if (described) return { ...described, warnings: findings };
  const errors = findings.filter(({ severity }) => severity === 'error');
  throw new Failure('description-invalid', errors.map(findingText).join('\n'), {
    hint: 'docs/description.md shows a whole one; `plumb check` reads it again',
  });
};

/** The files of a folder on this machine. */
export const filesIn = (folder: string): DescribedFiles => ({
  where: folder,
  read: (file) => unlessMissing(readFile(path.join(folder, file), 'utf8'), undefined),
  list: (inside) => unlessMissing(readdir(path.join(folder, inside)), []),
});

const unlessMissing = async <T, U>(found: Promise<T>, missing: U): Promise<T | U> => {
  try {
    return await found;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return missing;
    throw new Failure('data-unreadable', `the description cannot be read: ${error}`, { cause: error });
  }
};

interface ReadFile<T> {
  readonly located: Located<T> | undefined;
  readonly findings: readonly Finding[];
}

const readEnvironments = async (
  files: DescribedFiles,
): Promise<{ readonly located: readonly Located<Environment>[]; readonly findings: readonly Finding[] }> => {
  const names = [...(await files.list(environmentsFolder))].sort();
  const yaml = names.filter((name) => name.endsWith('.yaml')).map((name) => `${environmentsFolder}/${name}`);
  const read = await Promise.all(yaml.map((file) => readFileAs(files, file, environment)));
  const misnamed = names.filter((name) => name.endsWith('.yml')).map((name) => `${environmentsFolder}/${name}`);
  return {
    located: read.flatMap(({ located }) => located ?? []),
    findings: [
      ...read.flatMap(({ findings }) => findings),
      ...misnamed.map((file) => atStart(file, 'is not read: name it .yaml')),
    ],
  };
};

const readFileAs = async <T extends z.ZodType>(
  files: DescribedFiles,
  file: string,
  schema: T,
): Promise<ReadFile<z.output<T>>> => {
  const text = await files.read(file);
  if (text === undefined)
    return {
      located: undefined,
      findings: [atStart(file, `is not there; write one in ${files.where} with at least:\n${atLeast}`)],
    };
  const yaml = parseYaml(file, text);
  if ('findings' in yaml) return { located: undefined, findings: yaml.findings };
  if (yaml.content === null || yaml.content === undefined)
    return { located: undefined, findings: [atStart(file, emptyWords(file))] };
  const parsed = schema.safeParse(yaml.content);
  if (parsed.success) return { located: { yaml, value: parsed.data }, findings: [] };
  return { located: undefined, findings: explain(parsed.error, yaml, schema) };
};

const atLeast = `  app: my-app
  path: [development, production]
  services:
    web: { start: [node, server.js], route: /, health: /healthz }`;

const emptyWords = (file: string): string =>
  file === descriptionFile
    ? `is empty; it needs at least:\n${atLeast}`
    : `is empty; it needs at least:\n  environment: ${path.basename(file, '.yaml')}`;

const atStart = (file: string, message: string): Finding => ({ severity: 'error', file, line: 1, column: 1, message });

/** An app without a single environment file has environments all of whose settings are defaults. */
const inOrder = (app: Description, written: readonly Environment[]): Described => {
  const byName = new Map(written.map((one) => [one.environment, one]));
  const onPath = app.path.map((name) => byName.get(name) ?? environment.parse({ environment: name }));
  const rest = written.filter(({ environment: name }) => !app.path.includes(name));
  return { description: app, environments: [...onPath, ...rest] };
};
