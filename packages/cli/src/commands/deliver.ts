import { Failure } from '@plumbline/contract/failure';
import { type ReleaseId, releaseId } from '@plumbline/contract/names';
import type { Client } from '../client.ts';
import { defineCommand, exitCodes, Misuse } from '../command.ts';
import { looksLike } from '../looks-like.ts';
import { gatesText } from '../show/gates.ts';
import { planText } from '../show/plan.ts';
import { showTheWay } from '../show-the-way.ts';

export const deliver = defineCommand({
  meta: {
    name: 'deliver',
    description: 'Bring a release to one environment',
    example: 'plumb deliver production --release r-0123456789ab --plan',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    release: { type: 'string', description: 'The release; the newest that may go there when absent', valueHint: 'R' },
    commit: {
      type: 'string',
      description: 'The newest release of this commit, instead of --release',
      valueHint: 'SHA',
    },
    plan: { type: 'boolean', description: 'Show what would be done, and do nothing', default: false },
    wait: {
      type: 'boolean',
      description: 'Queue when the environment is busy',
      negativeDescription: 'Refuse when the environment is busy',
      default: true,
    },
    emergency: {
      type: 'boolean',
      description: 'Pass a freeze; needs --reason, and somebody else to approve',
      default: false,
    },
    detach: { type: 'boolean', description: 'Return once it is asked for, without watching', default: false },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const { env: environment, wait, emergency, reason } = args;
    if (emergency && reason === undefined) throw new Misuse('an emergency needs a --reason');
    if (args.release !== undefined && args.commit !== undefined)
      throw new Misuse('give --release or --commit, not both');
    const named = args.release === undefined ? undefined : looksLike(releaseId, args.release);
    const release = args.commit === undefined ? named : await releaseOf(args.commit, client, signal);
    if (args.plan) {
      const plan = await client.call('plan', { environment, release }, { signal });
      if (args.json) terminal.json(plan);
      else terminal.print(`${planText(plan, terminal.colour)}\n\n${gatesText(plan.gates, terminal.colour)}`);
      return exitCodes.done;
    }
    const delivery = await client.call('deliver', { environment, release, wait, emergency, reason }, { signal });
    if (!args.detach) return showTheWay({ delivery: delivery.id }, { client, terminal, signal, json: args.json });
    if (args.json) terminal.json(delivery);
    else terminal.print(`${delivery.id} is ${delivery.state}: plumb watch ${delivery.id}`);
    return exitCodes.done;
  },
});

const looksBack = 500;

/** Releases of uncommitted work are of no commit, also where they were made on top of one. */
const releaseOf = async (commit: string, client: Client, signal: AbortSignal): Promise<ReleaseId> => {
  if (!/^[0-9a-f]{7,40}$/.test(commit)) throw new Misuse(`"${commit}" is no commit: 7 to 40 hexadecimal digits`);
  const all = await client.call('releases', { limit: looksBack }, { signal });
  const found = all.find((one) => one.commit?.startsWith(commit) && !one.marks.includes('dirty'));
  if (found) return found.id;
  throw new Failure('not-found', `there is no release of the commit ${commit}`, {
    hint: 'plumb ship makes one; plumb releases lists them',
  });
};
