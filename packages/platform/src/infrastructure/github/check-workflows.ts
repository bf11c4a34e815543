import type { Finding } from '../../environments/finding.ts';
import { actionRules } from './rules/actions.ts';
import { checkRules } from './rules/checks.ts';
import { deliveryRules } from './rules/deliveries.ts';
import { imageRules } from './rules/images.ts';
import { migrationRules } from './rules/migrations.ts';
import { rightsRules } from './rules/rights.ts';
import type { Rule } from './rules/rule.ts';
import { terraformRules } from './rules/terraform.ts';
import { readWorkflow, type Workflow } from './workflow.ts';

const rules: readonly Rule[] = [
  ...actionRules,
  ...rightsRules,
  ...imageRules,
  ...deliveryRules,
  ...checkRules,
  ...migrationRules,
  ...terraformRules,
];

export interface WorkflowFile {
  /** From the app's folder, with slashes. */
  readonly file: string;
  readonly text: string;
}

/** Everything that workflows do wrong; each message begins with the id of the erratum that it breaks. */
export const checkWorkflows = (files: readonly WorkflowFile[]): readonly Finding[] => {
  const read = files.map(({ file, text }) => readWorkflow(file, text));
  const workflows = read.filter((one): one is Workflow => 'jobs' in one);
  const unread = read.flatMap((one) => ('jobs' in one ? [] : one.findings));
  return [
    ...unread,
    ...workflows.flatMap((workflow) =>
      rules.flatMap(({ id, find }) =>
        find(workflow, workflows).map(
          ({ at, message }): Finding => ({
            severity: 'error',
            ...workflow.yaml.at(at),
            message: `${id}: ${message}`,
          }),
        ),
      ),
    ),
  ];
};
