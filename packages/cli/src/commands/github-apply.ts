import { defineCommand, exitCodes } from '../command.ts';
import { githubArgs, openProtection } from '../github/open-protection.ts';

export const githubApply = defineCommand({
  meta: {
    name: 'github apply',
    description: 'Make the rules of branches and environments at GitHub what .github/protection.yaml says',
    example: 'plumb github apply --yes',
  },
  args: {
    ...githubArgs,
    yes: { type: 'boolean', description: 'Do it; without, only say what would be done', default: false },
  },
  async run(context) {
    const { args, terminal } = context;
    const { unlike, repository, apply } = await openProtection(context);
    if (args.yes && unlike.length > 0) await apply();
    if (args.json) terminal.json({ repository, unlike, applied: args.yes });
    else {
      for (const { kind, name, because } of unlike) terminal.print(`${kind} ${name}: ${because}`);
      terminal.print(summary(unlike.length, repository, args.yes));
    }
    return exitCodes.done;
  },
});

const summary = (unlike: number, repository: string, applied: boolean): string => {
  if (unlike === 0) return `${repository} is protected as .github/protection.yaml says`;
  return applied ? `${unlike} rules of ${repository} are as the file says now` : `${unlike} rules would change: --yes`;
};
