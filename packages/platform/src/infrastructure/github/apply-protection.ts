import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import type { ActualProtection, Unlike } from './compare-protection.ts';
import type { Github } from './github-api.ts';
import { branchPolicies, environmentPath } from './observe-protection.ts';
import type { ProtectedBranch, ProtectedEnvironment, Protection, Reviewer } from './protection.ts';
import { rulesetFor } from './ruleset.ts';

/** Makes what is unlike as the repository says; the rest is left alone. May be called twice. */
export const applyProtection = async (
  github: Github,
  owner: string,
  { wanted, actual, unlike }: { wanted: Protection; actual: ActualProtection; unlike: readonly Unlike[] },
): Promise<void> => {
  for (const [name, branch] of Object.entries(wanted.branches))
    if (isUnlike(unlike, 'branch', name)) await applyBranch(github, name, branch, actual);
  for (const [name, environment] of Object.entries(wanted.environments))
    if (isUnlike(unlike, 'environment', name)) await applyEnvironment(github, owner, name, environment);
};

const isUnlike = (unlike: readonly Unlike[], kind: Unlike['kind'], name: string): boolean =>
  unlike.some((one) => one.kind === kind && one.name === name);

const applyBranch = async (github: Github, name: string, branch: ProtectedBranch, actual: ActualProtection) => {
  const ruleset = rulesetFor(name, branch);
  const there = actual.rulesets.find((one) => one.name === ruleset.name);
  if (there) await github.send('PUT', `/rulesets/${there.id}`, ruleset);
  else await github.send('POST', '/rulesets', ruleset);
};

const applyEnvironment = async (github: Github, owner: string, name: string, wanted: ProtectedEnvironment) => {
  const isOpen = wanted.branches === 'any';
  await github.send('PUT', environmentPath(name), {
    wait_timer: wanted.wait_minutes,
    prevent_self_review: wanted.prevent_self_review,
    reviewers: await Promise.all(wanted.reviewers.map((one) => idOf(github, owner, one))),
    deployment_branch_policy: isOpen ? null : { protected_branches: false, custom_branch_policies: true },
  });
  if (wanted.branches === 'any') return;
  const policies = `${environmentPath(name)}/deployment-branch-policies`;
  const found = await github.get(`${policies}?per_page=100`, branchPolicies);
  const there = found?.branch_policies ?? [];
  for (const branch of wanted.branches)
    if (!there.some((one) => one.name === branch && one.type === 'branch'))
      await github.send('POST', policies, { name: branch, type: 'branch' });
  for (const one of there)
    if (one.type !== 'branch' || !wanted.branches.includes(one.name))
      await github.send('DELETE', `${policies}/${one.id}`);
};

/** GitHub takes reviewers by number. */
const idOf = async (github: Github, owner: string, reviewer: Reviewer) => {
  const [type, path] =
    'team' in reviewer ? ['Team', `//orgs/${owner}/teams/${reviewer.team}`] : ['User', `//users/${reviewer.user}`];
  const found = await github.get(path, z.looseObject({ id: z.int() }));
  if (found === undefined)
    throw new Failure('not-found', `GitHub has no ${path.slice(2)}, which is to review`, {
      hint: 'create it, or name another one in .github/protection.yaml',
    });
  return { type, id: found.id };
};
