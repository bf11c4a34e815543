import { deliveryId } from '@plumbline/contract/names';
import { defineCommand, exitCodes } from '../command.ts';
import { looksLike } from '../looks-like.ts';

export const proceed = defineCommand({
  meta: {
    name: 'proceed',
    description: 'Let a delivery that is held in the middle of a rollout go on from there',
    example: 'plumb proceed d-12 --reason "the slow requests are the nightly report"',
  },
  args: {
    delivery: { type: 'positional', description: 'The delivery' },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const delivery = await client.call(
      'proceed',
      { delivery: looksLike(deliveryId, args.delivery), reason: args.reason },
      { signal },
    );
    if (args.json) terminal.json(delivery);
    else terminal.print(`${delivery.id} goes on: plumb watch ${delivery.id}`);
    return exitCodes.done;
  },
});
