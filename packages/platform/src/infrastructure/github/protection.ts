import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import { explain } from '../../environments/explain.ts';
import { findingText } from '../../environments/finding.ts';
import { parseYaml } from '../../environments/yaml-file.ts';

const name = z.string().min(1);

const branch = z.strictObject({
  approvals: z.int().min(1).max(10).default(1).describe('How many people have to approve a pull request. Default: 1.'),
  code_owners: z.boolean().default(false).describe('Whether one of them has to own the changed files. Default: false.'),
  linear: z.boolean().default(false).describe('Whether merge commits are refused. Default: false.'),
  checks: z.array(name).default([]).describe('Jobs that have to pass before a merge, by their names. Default: none.'),
});

const reviewer = z.union([z.strictObject({ team: name }), z.strictObject({ user: name })]);

const environment = z.strictObject({
  branches: z
    .union([z.literal('any'), z.array(name).min(1)])
    .describe('Branches that may deliver there; `any` is for what can only look.'),
  reviewers: z
    .array(reviewer)
    .max(6, 'must be at most 6, as GitHub has it')
    .default([])
    .describe('Teams and people of whom one has to approve. Default: nobody.'),
  prevent_self_review: z.boolean().default(false).describe('Whether the one who asks may not approve. Default: false.'),
  wait_minutes: z.int().min(0).max(43_200).default(0).describe('How long a delivery waits by itself. Default: 0.'),
});

const protection = z.strictObject({
  branches: z.record(name, branch).describe('Branches that nobody pushes to.'),
  environments: z.record(name, environment).describe('Environments at GitHub, and who may deliver to them.'),
});

/** What GitHub is to enforce, as the repository says it. */
export type Protection = z.output<typeof protection>;
export type ProtectedBranch = z.output<typeof branch>;
export type ProtectedEnvironment = z.output<typeof environment>;
export type Reviewer = z.output<typeof reviewer>;

/** From the app's folder. */
export const protectionFile = '.github/protection.yaml';

/** Reads the file; a wrong one is a Failure `description-invalid` with every reason at its place. */
export const readProtection = (text: string): Protection => {
  const yaml = parseYaml(protectionFile, text);
  const parsed = 'findings' in yaml ? undefined : protection.safeParse(yaml.content);
  if (parsed?.success) return parsed.data;
  const findings = 'findings' in yaml ? yaml.findings : parsed ? explain(parsed.error, yaml, protection) : [];
  throw new Failure('description-invalid', findings.map(findingText).join('\n'), {
    hint: 'docs/workflows.md shows a whole one',
  });
};

/** The rules of one environment and of the branches that deliver to it. A name that is not there is a Failure. */
export const onlyFor = (all: Protection, environment: string): Protection => {
  const one = all.environments[environment];
  if (one === undefined)
    throw new Failure('not-found', `${protectionFile} has no environment "${environment}"`, {
      hint: `it has ${Object.keys(all.environments).join(', ')}: what has no rules is not delivered to`,
    });
  const delivering = Object.entries(all.branches).filter(([branch]) => one.branches.includes(branch));
  return { branches: Object.fromEntries(delivering), environments: { [environment]: one } };
};
