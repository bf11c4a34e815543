import { defineCommand, exitCodes } from '../command.ts';
import { moment } from '../times.ts';

export const auditVerify = defineCommand({
  meta: {
    name: 'audit verify',
    description: 'Find any record that was edited, removed, moved or added',
    example: 'plumb audit verify',
  },
  args: {},
  async run({ args, client, terminal, signal }) {
    const found = await client.call('auditVerification', {}, { signal });
    const code = found.ok ? exitCodes.done : exitCodes.failed;
    if (args.json) {
      terminal.json(found);
      return code;
    }
    const { green, red, dim } = terminal.colour;
    for (const { message } of found.findings) terminal.print(red(message));
    const sealed = found.lastCheckpoint
      ? `sealed up to record ${found.lastCheckpoint.seq}, ${moment(found.lastCheckpoint.at, Date.now())}`
      : 'never sealed';
    const verdict = found.ok ? green('whole') : red('broken');
    terminal.print(`${verdict}: ${found.records} records, ${found.checkpoints} checkpoints, ${sealed}`);
    if (found.unsealed > 0)
      terminal.print(`${found.unsealed} records at the end are not sealed yet: a cut there cannot be seen`);
    terminal.print(dim(`the key lies in ${found.key.path} and protects against ${found.key.protectsAgainst}`));
    return code;
  },
});
