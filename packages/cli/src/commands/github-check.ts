import { defineCommand, exitCodes } from '../command.ts';
import { githubArgs, openProtection } from '../github/open-protection.ts';

export const githubCheck = defineCommand({
  meta: {
    name: 'github check',
    description:
      'Compare the rules of branches and environments at GitHub with .github/protection.yaml, and judge workflows',
    example: 'plumb github check --environment production',
  },
  args: githubArgs,
  async run(context) {
    const { args, terminal, place } = context;
    const { checkWorkflows } = await import('@plumbline/platform/infrastructure/github/check-workflows');
    const { readWorkflowFiles } = await import('@plumbline/platform/infrastructure/github/workflow-files');
    const { findingText } = await import('@plumbline/platform/environments/finding');
    const findings = checkWorkflows(await readWorkflowFiles(place.directory));
    const { unlike, seesBypass, repository } = await openProtection(context);
    const isRight = unlike.length === 0 && findings.length === 0;
    if (args.json) terminal.json({ repository, unlike, findings, seesBypass });
    else {
      const { green, red, yellow } = terminal.colour;
      for (const finding of findings) terminal.print(red(findingText(finding)));
      for (const { kind, name, because } of unlike) terminal.print(red(`${kind} ${name}: ${because}`));
      if (!seesBypass) terminal.say(yellow('who may pass the rules of branches is not shown to this token'));
      terminal.print(
        isRight
          ? green(`${repository} is protected as .github/protection.yaml says`)
          : `${unlike.length} rules are not as .github/protection.yaml says: plumb github apply`,
      );
    }
    return isRight ? exitCodes.done : exitCodes.failed;
  },
});
