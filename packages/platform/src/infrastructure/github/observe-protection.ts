import { z } from 'zod';
import type { ActualEnvironment, ActualProtection } from './compare-protection.ts';
import type { Github } from './github-api.ts';
import type { Protection, Reviewer } from './protection.ts';
import { type Ruleset, ruleset } from './ruleset.ts';

const protectionRule = z.looseObject({
  type: z.string(),
  wait_timer: z.int().optional(),
  prevent_self_review: z.boolean().optional(),
  reviewers: z
    .array(
      z.object({
        type: z.string(),
        reviewer: z.looseObject({ login: z.string().optional(), slug: z.string().optional() }),
      }),
    )
    .optional(),
});

const environment = z.looseObject({
  protection_rules: z.array(protectionRule).default([]),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});

/** Policies of which branches, or tags, may deliver. */
export const branchPolicies = z.object({
  branch_policies: z.array(z.object({ id: z.int(), name: z.string(), type: z.string().default('branch') })),
});

/** Asks GitHub for everything that the protection names, and nothing else. */
export const observeProtection = async (github: Github, wanted: Protection): Promise<ActualProtection> => {
  const environments: Record<string, ActualEnvironment | undefined> = {};
  for (const name of Object.keys(wanted.environments)) environments[name] = await environmentAt(github, name);
  return { rulesets: await rulesetsOf(github), environments };
};

/** Where one environment is at GitHub. */
export const environmentPath = (name: string): string => `/environments/${encodeURIComponent(name)}`;

/** The repository's own; those of its organisation are not its to change. */
const rulesetsOf = async (github: Github): Promise<readonly Ruleset[]> => {
  const listed = await github.get(
    '/rulesets?includes_parents=false&per_page=100',
    z.array(z.looseObject({ id: z.int() })),
  );
  const all: Ruleset[] = [];
  for (const { id } of listed ?? []) {
    const one = await github.get(`/rulesets/${id}`, ruleset);
    if (one) all.push(one);
  }
  return all;
};

const environmentAt = async (github: Github, name: string): Promise<ActualEnvironment | undefined> => {
  const found = await github.get(environmentPath(name), environment);
  if (found === undefined) return undefined;
  const { protection_rules: rules, deployment_branch_policy: policy } = found;
  return {
    branches: policy == null ? 'any' : policy.custom_branch_policies ? await branchesOf(github, name) : 'protected',
    reviewers: rules.flatMap(({ reviewers = [] }) => reviewers.flatMap(reviewerOf)),
    preventSelfReview: rules.some((rule) => rule.prevent_self_review === true),
    waitMinutes: Math.max(0, ...rules.map((rule) => rule.wait_timer ?? 0)),
  };
};

const branchesOf = async (github: Github, name: string): Promise<readonly string[]> => {
  const found = await github.get(`${environmentPath(name)}/deployment-branch-policies?per_page=100`, branchPolicies);
  // A tag that may deliver is told as one, so that it is no branch of the file.
  return (found?.branch_policies ?? []).map((one) => (one.type === 'branch' ? one.name : `${one.type} ${one.name}`));
};

const reviewerOf = ({
  type,
  reviewer,
}: {
  type: string;
  reviewer: { login?: string | undefined; slug?: string | undefined };
}): Reviewer[] => {
  if (type === 'Team' && reviewer.slug !== undefined) return [{ team: reviewer.slug }];
  if (type === 'User' && reviewer.login !== undefined) return [{ user: reviewer.login }];
  return [];
};
