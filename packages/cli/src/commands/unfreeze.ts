import type { Freeze } from '@plumbline/contract/freeze';
import { defineCommand, exitCodes } from '../command.ts';
import { placeArgs, placeOf } from '../frozen-place.ts';

export const unfreeze = defineCommand({
  meta: {
    name: 'unfreeze',
    description: 'End what plumb freeze began; what waits goes on',
    example: 'plumb unfreeze production --reason "the books are done"',
  },
  args: { ...placeArgs, reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' } },
  async run({ args, client, terminal, signal }) {
    const environment = placeOf(args);
    const { ended, left } = await client.call('unfreeze', { environment, reason: args.reason }, { signal });
    if (args.json) {
      terminal.json({ ended, left });
      return exitCodes.done;
    }
    const place = environment ?? 'every environment';
    if (ended.length === 0) terminal.print(`nothing that plumb freeze began freezes ${place}`);
    for (const one of ended) terminal.print(`${one.name} is ended: ${place} is not frozen by it any more`);
    for (const one of left) terminal.print(leftWords(one));
    return exitCodes.done;
  },
});

const leftWords = ({ name, environment, when, by }: Freeze): string =>
  `${name} stays: ${environment ?? 'every environment'}, ${when}, by ${by}`;
