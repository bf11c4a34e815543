import { defineCommand, exitCodes } from '../command.ts';
import { isWell, reportLines } from '../demo/verdict.ts';

export const demo = defineCommand({
  meta: {
    name: 'demo',
    description:
      'Ship a checkout through the whole path under load, on free ports in a temporary folder, and leave nothing behind',
    example: 'plumb demo --json',
  },
  args: {},
  async run({ args, terminal, place, signal }) {
    const { runDemo } = await import('../demo/demo.ts');
    const report = await runDemo({ checkout: place.directory, say: terminal.say, signal });
    if (args.json) terminal.json(report);
    else for (const line of reportLines(report)) terminal.print(line);
    return isWell(report) ? exitCodes.done : exitCodes.failed;
  },
});
