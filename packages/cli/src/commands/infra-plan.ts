import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { Judgement } from '@plumbline/platform/infrastructure/plan/approvals';
import { type Context, defineCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';

const args = {
  plan: { type: 'positional', valueHint: 'FILE', description: 'What terraform show -json printed' },
  environment: {
    type: 'string',
    valueHint: 'ENV',
    description: "Whose approvals count. Default: the plan's own variable environment",
  },
  approvals: {
    type: 'string',
    valueHint: 'FILE',
    description: 'Who allowed what. Default: terraform/approvals.yaml, where there is one',
  },
} as const;

export const infraPlan = defineCommand({
  meta: {
    name: 'infra plan',
    description: "Say what Terraform's plan destroys, replaces or opens to the world; refuse it without an approval",
    example: 'terraform show -json tfplan > plan.json && plumb infra plan plan.json',
  },
  args,
  async run(context) {
    const { judge } = await import('@plumbline/platform/infrastructure/plan/approvals');
    const { risksOf } = await import('@plumbline/platform/infrastructure/plan/plan-risk');
    const { environmentOf, parsePlan } = await import('@plumbline/platform/infrastructure/plan/plan');
    const { args: asked, surroundings, terminal } = context;
    const plan = parsePlan(await textOf(resolve(surroundings.cwd, asked.plan), asked.plan), asked.plan);
    const environment = asked.environment ?? environmentOf(plan);
    const today = new Date().toISOString().slice(0, 10);
    const judgement = judge(risksOf(plan), await approvalsFor(context), { environment, today });
    if (asked.json) terminal.json({ environment: environment ?? null, ...judgement });
    else show(context, judgement, environment);
    return judgement.isRefused ? exitCodes.failed : exitCodes.done;
  },
});

type Planning = Context<typeof args>;

const approvalsFor = async ({ args: asked, place, surroundings }: Planning) => {
  const { approvalsFile, parseApprovals } = await import('@plumbline/platform/infrastructure/plan/approvals');
  if (asked.approvals !== undefined)
    return parseApprovals(await textOf(resolve(surroundings.cwd, asked.approvals), asked.approvals), asked.approvals);
  const text = await readFile(join(place.directory, approvalsFile), 'utf8').catch(ifMissing);
  return text === undefined ? [] : parseApprovals(text);
};

const ifMissing = (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
};

const textOf = async (path: string, file: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('not-found', `${file} cannot be read`, { cause, hint: 'name a file that is there' });
  }
};

const show = ({ terminal }: Planning, { answers, unused, isRefused }: Judgement, environment: string | undefined) => {
  const { green, red, yellow } = terminal.colour;
  const colour = { noted: (text: string) => text, approved: yellow, refused: red };
  const rows = answers.map(({ risk, verdict, because }) => [
    colour[verdict](verdict),
    risk.kind,
    risk.address,
    because,
  ]);
  if (rows.length > 0) terminal.print(table(['', 'it', 'what', 'because'], rows));
  for (const { address, allows } of unused)
    terminal.say(yellow(`nothing of this plan needs the approval "${allows} ${address}": remove it`));
  const refused = answers.filter(({ verdict }) => verdict === 'refused').length;
  if (isRefused) {
    terminal.print(red(`refused: ${refused} of ${answers.length} risks need an approval`));
    terminal.say(
      `to allow one, add it to terraform/approvals.yaml with environment: ${environment ?? 'ENV'}, address, allows, owner, reason and expires`,
    );
  } else if (answers.length === 0) terminal.print(green('the plan destroys, replaces and opens nothing'));
  else terminal.print(green(`nothing of this needs an approval that is not there: ${answers.length} risks`));
};
