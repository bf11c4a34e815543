import { z } from 'zod';
import { explain } from '../../environments/explain.ts';
import type { Finding } from '../../environments/finding.ts';
import { type Path, parseYaml, type YamlFile } from '../../environments/yaml-file.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.record(z.string(), z.unknown());
const permissions = z.union([z.string(), z.record(z.string(), z.string())]);
const concurrency = z.union([z.string(), z.object({ 'cancel-in-progress': z.unknown().optional() })]);

const step = z.object({
  name: z.string().optional(),
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: text.optional(),
  with: texts.default({}),
  env: texts.default({}),
  'working-directory': z.string().optional(),
  'continue-on-error': z.unknown().optional(),
});

const job = z.object({
  if: text.optional(),
  needs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  uses: z.string().optional(),
  with: texts.default({}),
  'runs-on': z.unknown().optional(),
  'timeout-minutes': z.unknown().optional(),
  environment: z.union([z.string(), z.object({ name: z.string() })]).optional(),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  env: texts.default({}),
  steps: z.array(step).default([]),
});

const branches = z.object({ branches: z.array(z.string()).optional(), tags: z.array(z.string()).optional() });
const triggers = z.object({
  push: branches.nullish(),
  pull_request: branches.nullish(),
  workflow_dispatch: z.unknown().optional(),
  workflow_call: z.unknown().optional(),
  schedule: z.unknown().optional(),
});

const workflow = z.object({
  name: z.string().optional(),
  on: triggers.or(z.string().transform((one) => triggers.parse({ [one]: null }))),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  env: texts.default({}),
  jobs: z.record(z.string(), job),
});

export type Step = z.output<typeof step> & {
  /** Of the step in its file. */
  readonly path: Path;
  /** What stands in a comment behind `uses`: the version, where it is a commit. */
  readonly comment: string | undefined;
};

export interface Job extends Omit<z.output<typeof job>, 'steps' | 'environment'> {
  readonly id: string;
  readonly path: Path;
  readonly steps: readonly Step[];
  readonly environment: string | undefined;
}

/** A workflow file as GitHub reads it: what rules look at, with the places of everything. */
export interface Workflow extends Omit<z.output<typeof workflow>, 'jobs'> {
  readonly file: string;
  readonly yaml: YamlFile;
  readonly jobs: readonly Job[];
}

/** Reads a workflow; a text that is none gives the reasons at their places. */
export const readWorkflow = (file: string, source: string): Workflow | { readonly findings: readonly Finding[] } => {
  const yaml = parseYaml(file, source);
  if ('findings' in yaml) return yaml;
  const parsed = workflow.safeParse(yaml.content);
  if (!parsed.success) return { findings: explain(parsed.error, yaml, workflow) };
  const lines = source.split('\n');
  const jobs = Object.entries(parsed.data.jobs).map(([id, one]): Job => {
    const path = ['jobs', id];
    const environment = typeof one.environment === 'object' ? one.environment.name : one.environment;
    return {
      ...one,
      id,
      path,
      environment,
      steps: one.steps.map((step, index) => stepAt(step, path, index, { yaml, lines })),
    };
  });
  return { ...parsed.data, file, yaml, jobs };
};

interface Source {
  readonly yaml: YamlFile;
  readonly lines: readonly string[];
}

const stepAt = (one: z.output<typeof step>, jobPath: Path, index: number, { yaml, lines }: Source): Step => {
  const path = [...jobPath, 'steps', index];
  if (one.uses === undefined) return { ...one, path, comment: undefined };
  const line = lines[yaml.at([...path, 'uses']).line - 1] ?? '';
  return { ...one, path, comment: /\s#\s*(\S+)/.exec(line)?.[1] };
};

/** Every step with the job that it is in. */
export const stepsOf = ({ jobs }: Workflow): readonly { readonly job: Job; readonly step: Step }[] =>
  jobs.flatMap((job) => job.steps.map((step) => ({ job, step })));

/** `actions/checkout` of `actions/checkout@v3`. */
export const actionOf = ({ uses }: Step): string => uses?.split('@')[0] ?? '';

/** Whether a step uses an action, any of its parts included. */
export const isAction = (step: Step, action: string): boolean =>
  actionOf(step) === action || actionOf(step).startsWith(`${action}/`);

/** Whether the job brings a release, a migration or infrastructure to an environment. */
export const changesAnEnvironment = (job: Job): boolean =>
  job.steps.some(({ run = '' }) =>
    /plumb (deliver|migrate|ship)\b|kubectl (set image|apply)|terraform\b.* apply|migrate:latest/.test(run),
  ) && job.environment !== undefined;
