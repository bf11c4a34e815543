import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import { findingText } from '../../environments/finding.ts';
import { parseYaml } from '../../environments/yaml-file.ts';
import type { Risk } from './plan-risk.ts';

/** Kept in the repository, so that an approval is a reviewed change like any other. From the app's folder. */
export const approvalsFile = 'terraform/approvals.yaml';

const approval = z.strictObject({
  environment: z.string().describe('Where: the same address is in every environment'),
  address: z.string().describe("As Terraform's plan writes it"),
  allows: z.enum(['destroys', 'replaces', 'opens']),
  owner: z.string().min(2).describe('Who answers for it'),
  reason: z.string().min(15, 'must say why, in a sentence').describe('Why, and what became of the data'),
  expires: z.iso.date().describe('The last day on which it holds'),
});
export type Approval = z.output<typeof approval>;

const approvalsSchema = z.strictObject({ approvals: z.array(approval).nullable().default([]) });

/** Reads the file's text. Throws `bad-input` naming file and place of what is wrong. */
export const parseApprovals = (text: string, file: string = approvalsFile): readonly Approval[] => {
  const yaml = parseYaml(file, text);
  if ('findings' in yaml) throw new Failure('bad-input', yaml.findings.map(findingText).join('\n'));
  const parsed = approvalsSchema.safeParse(yaml.content ?? {});
  if (parsed.success) return parsed.data.approvals ?? [];
  const said = parsed.error.issues.map(({ path, message }) => {
    const { line, column } = yaml.at(path.filter((part) => typeof part !== 'symbol'));
    return `${file}:${line}:${column} ${path.join('.')}: ${message}`;
  });
  throw new Failure('bad-input', said.join('\n'), {
    hint: 'an approval has environment, address, allows, owner, reason and expires (YYYY-MM-DD)',
  });
};

/** What is asked of a plan before it is applied, and the answer to each of its risks. */
export interface Judgement {
  readonly isRefused: boolean;
  readonly answers: readonly Answer[];
  /** Approvals of this environment that the plan has no use for: they would let something through that nobody looked at. */
  readonly unused: readonly Approval[];
}

export interface Answer {
  readonly risk: Risk;
  readonly verdict: 'noted' | 'approved' | 'refused';
  readonly because: string;
}

/** Grave risks need an approval that names environment, address and what it allows, and has not expired by `today` (YYYY-MM-DD). */
export const judge = (
  risks: readonly Risk[],
  approvals: readonly Approval[],
  { environment, today }: { readonly environment: string | undefined; readonly today: string },
): Judgement => {
  const here = approvals.filter((one) => one.environment === environment);
  const answers = risks.map((risk) => answer(risk, here, today));
  const isUsed = (one: Approval) => risks.some((risk) => risk.isGrave && covers(one, risk));
  return {
    isRefused: answers.some(({ verdict }) => verdict === 'refused'),
    answers,
    unused: here.filter((one) => !isUsed(one)),
  };
};

const covers = (one: Approval, { address, kind }: Risk): boolean => one.address === address && one.allows === kind;

const answer = (risk: Risk, here: readonly Approval[], today: string): Answer => {
  if (!risk.isGrave) return { risk, verdict: 'noted', because: risk.because };
  const fitting = here.filter((one) => covers(one, risk));
  const valid = fitting.find(({ expires }) => expires >= today);
  if (valid)
    return {
      risk,
      verdict: 'approved',
      because: `${valid.owner} answers for it until ${valid.expires}: ${valid.reason}`,
    };
  const expired = fitting[0];
  const more = expired ? `; the approval of ${expired.owner} expired on ${expired.expires}` : '';
  return { risk, verdict: 'refused', because: `${risk.because}${more}` };
};
