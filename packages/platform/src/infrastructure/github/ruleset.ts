import { z } from 'zod';
import type { ProtectedBranch } from './protection.ts';

const rule = z.looseObject({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() });

/** A ruleset as GitHub's REST API has it (rulesets, version 2022-11-28). */
export const ruleset = z.object({
  id: z.int(),
  name: z.string(),
  target: z.string().optional(),
  enforcement: z.string(),
  conditions: z
    .looseObject({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional() })
    .nullish(),
  rules: z.array(rule).default([]),
  /** Only who may change rulesets is shown who may pass them. */
  bypass_actors: z.array(z.unknown()).optional(),
});
export type Ruleset = z.output<typeof ruleset>;

/** Nobody pushes to the branch, rewrites or deletes it; nobody passes that. What GitHub is sent to make it so. */
export const rulesetFor = (branch: string, wanted: ProtectedBranch) => ({
  name: `plumbline: ${branch}`,
  target: 'branch',
  enforcement: 'active',
  bypass_actors: [],
  conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
  rules: [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    ...(wanted.linear ? [{ type: 'required_linear_history' }] : []),
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: wanted.approvals,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: wanted.code_owners,
        require_last_push_approval: true,
        required_review_thread_resolution: true,
      },
    },
    ...(wanted.checks.length === 0
      ? []
      : [
          {
            type: 'required_status_checks',
            parameters: {
              strict_required_status_checks_policy: true,
              required_status_checks: wanted.checks.map((context) => ({ context })),
            },
          },
        ]),
  ],
});
