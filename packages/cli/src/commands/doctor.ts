import { defineCommand, exitCodes } from '../command.ts';
import { examine, type Finding } from '../doctor/examine.ts';
import type { Terminal } from '../terminal.ts';

export const doctor = defineCommand({
  meta: {
    name: 'doctor',
    description: 'Look at this machine, and say how to mend what is wrong',
    example: 'plumb doctor',
  },
  args: {},
  async run({ args, terminal, place, surroundings }) {
    const findings = await examine(place, surroundings.env);
    if (args.json) terminal.json(findings);
    else for (const finding of findings) printFinding(finding, terminal);
    return findings.some(({ verdict }) => verdict === 'bad') ? exitCodes.failed : exitCodes.done;
  },
});

const printFinding = ({ verdict, what, found, mend }: Finding, { print, colour }: Terminal): void => {
  const mark = { ok: colour.green('ok  '), warn: colour.yellow('warn'), bad: colour.red('bad ') }[verdict];
  print(`${mark}  ${what.padEnd(14)} ${found}`);
  if (mend) print(`      ${' '.repeat(14)} ${colour.dim(mend)}`);
};
