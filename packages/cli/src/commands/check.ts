import { defineCommand, exitCodes } from '../command.ts';

export const check = defineCommand({
  meta: {
    name: 'check',
    description: 'Read plumbline.yaml and environments/*.yaml and show every error and warning',
    example: 'plumb check --json',
  },
  args: {},
  async run({ args, terminal, place }) {
    const { filesIn, readDescription } = await import('@plumbline/platform/environments/read');
    const { findingText } = await import('@plumbline/platform/environments/finding');
    const { findings } = await readDescription(filesIn(place.directory));
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    if (args.json) terminal.json(findings);
    else {
      const { red, yellow, green } = terminal.colour;
      for (const finding of findings)
        terminal.print((finding.severity === 'error' ? red : yellow)(findingText(finding)));
      const summary = `${errors} errors, ${findings.length - errors} warnings`;
      terminal.print(errors === 0 ? green(`the description holds: ${summary}`) : summary);
    }
    return errors === 0 ? exitCodes.done : exitCodes.failed;
  },
});
