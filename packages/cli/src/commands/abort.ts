import { deliveryId } from '@plumbline/contract/names';
import { defineCommand, exitCodes } from '../command.ts';
import { looksLike } from '../looks-like.ts';

export const abort = defineCommand({
  meta: {
    name: 'abort',
    description: 'Stop a delivery and go back to what was live',
    example: 'plumb abort d-12 --reason "errors in checkout"',
  },
  args: {
    delivery: { type: 'positional', description: 'The delivery' },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const delivery = await client.call(
      'abort',
      { delivery: looksLike(deliveryId, args.delivery), reason: args.reason },
      { signal },
    );
    if (args.json) terminal.json(delivery);
    else terminal.print(`${delivery.id} is ${delivery.state}: plumb watch ${delivery.id}`);
    return exitCodes.done;
  },
});
