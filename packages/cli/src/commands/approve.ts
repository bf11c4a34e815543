import { confirm, isCancel } from '@clack/prompts';
import type { Delivery } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import { deliveryId } from '@plumbline/contract/names';
import type { Client } from '../client.ts';
import { type Context, defineCommand, exitCodes, Misuse } from '../command.ts';
import { looksLike } from '../looks-like.ts';
import { frozenBy } from '../show/gates.ts';
import { planText } from '../show/plan.ts';

export const approve = defineCommand({
  meta: {
    name: 'approve',
    description: 'Look at the plan of a delivery that waits, and approve it',
    example: 'plumb approve d-12 --yes',
  },
  args: {
    delivery: { type: 'positional', description: 'The delivery; the one that waits when absent', required: false },
    yes: { type: 'boolean', description: 'Approve without being asked', default: false },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    if (!args.yes && (args.json || !terminal.isInteractive)) {
      throw new Misuse('nobody can be asked here: look with plumb watch, then approve with --yes');
    }
    const asked =
      args.delivery === undefined
        ? await theOneThatWaits(client)
        : await client.call('delivery', { delivery: looksLike(deliveryId, args.delivery) });
    const { id, plan, planHash } = waiting(asked);
    if (!args.json) terminal.print(`${planText(plan, terminal.colour)}\n`);
    if (!args.yes && !(await isConfirmed(id, terminal, signal))) {
      terminal.say(`${id} still waits`);
      return exitCodes.failed;
    }
    const approved = await client.call('approve', { delivery: id, planHash, reason: args.reason }, { signal });
    if (args.json) terminal.json(approved);
    else terminal.print(`${id} is approved${stillHeld(approved)}: plumb watch ${id}`);
    return exitCodes.done;
  },
});

/** An approval opens no freeze. */
const stillHeld = ({ gates }: Delivery): string => {
  const frozen = frozenBy(gates);
  return frozen === undefined ? '' : `, and a freeze still holds it (${frozen})`;
};

const theOneThatWaits = async (client: Client): Promise<Delivery> => {
  const all = (await client.call('deliveries', {})).filter(({ state }) => state === 'awaiting-approval');
  const [one, other] = all;
  if (!one) throw new Failure('not-found', 'nothing waits for an approval', { hint: 'plumb status shows what moves' });
  if (other) throw new Misuse(`several wait: name one of ${all.map(({ id }) => id).join(', ')}`);
  return one;
};

/** The delivery with the plan that the approval is bound to; refused in the server's words when it may not be approved. */
const waiting = (delivery: Delivery) => {
  const { id, plan, planHash, state } = delivery;
  const approval = delivery.actions.find(({ action }) => action === 'approve');
  if (approval && !approval.allowed)
    throw new Failure('not-allowed', approval.because ?? `${id} cannot be approved now`);
  if (plan === null || planHash === null) throw new Failure('conflict', `${id} is ${state} and has no plan to approve`);
  return { id, plan, planHash };
};

const isConfirmed = async (
  id: string,
  { stdin, stdout }: Context['terminal'],
  signal: AbortSignal,
): Promise<boolean> => {
  const answer = await confirm({
    message: `Approve ${id}?`,
    initialValue: false,
    input: stdin,
    output: stdout,
    signal,
  });
  return !isCancel(answer) && answer;
};
