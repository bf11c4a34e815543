import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';

const values = z.record(z.string(), z.unknown()).nullable();

const action = z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget']);

const resourceChange = z.object({
  address: z.string(),
  mode: z.enum(['managed', 'data']),
  type: z.string(),
  /** A former object that a replacement left behind. */
  deposed: z.string().optional(),
  change: z.object({
    actions: z.array(action).min(1),
    before: values,
    after: values,
    after_unknown: z.unknown(),
  }),
});
export type ResourceChange = z.output<typeof resourceChange>;

/**
 * What `terraform show -json PLAN` prints, as far as its risks go. Format:
 * developer.hashicorp.com/terraform/internals/json-format, version 1.
 */
const planSchema = z.object({
  format_version: z.string().regex(/^1\./, 'must be version 1 of the format'),
  errored: z.boolean().default(false),
  variables: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
  resource_changes: z.array(resourceChange).default([]),
});
export type Plan = z.output<typeof planSchema>;

/** Reads the text. Throws `bad-input` for anything but a whole plan, an unknown action included. */
export const parsePlan = (text: string, file: string): Plan => {
  const parsed = planSchema.safeParse(jsonOf(text, file));
  if (!parsed.success) throw noPlan(file, z.prettifyError(parsed.error));
  if (parsed.data.errored)
    throw new Failure('bad-input', `${file} is a plan that Terraform could not finish`, {
      hint: 'plan again; what it did not come to is not in it',
    });
  return parsed.data;
};

const jsonOf = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw noPlan(file, 'it is no JSON', cause);
  }
};

const noPlan = (file: string, why: string, cause?: unknown) =>
  new Failure('bad-input', `${file} is no plan of Terraform: ${why}`, {
    cause,
    hint: 'make one: terraform plan -out=tfplan && terraform show -json tfplan > plan.json',
  });

/** The environment that the plan is for, where its root module has such a variable. */
export const environmentOf = ({ variables }: Plan): string | undefined => {
  const value = variables.environment?.value;
  return typeof value === 'string' ? value : undefined;
};
