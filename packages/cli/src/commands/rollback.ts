import { releaseId } from '@plumbline/contract/names';
import { defineCommand } from '../command.ts';
import { looksLike } from '../looks-like.ts';
import { showTheWay } from '../show-the-way.ts';

export const rollback = defineCommand({
  meta: {
    name: 'rollback',
    description: 'Go back to the release before, or to one that is kept',
    example: 'plumb rollback production --reason "log-ins fail"',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    release: { type: 'string', description: 'The release to go back to; the one before when absent', valueHint: 'R' },
    reason: { type: 'string', description: 'Why, for the audit', valueHint: 'TEXT' },
  },
  async run({ args, client, terminal, signal }) {
    const release = args.release === undefined ? undefined : looksLike(releaseId, args.release);
    const input = { environment: args.env, release, reason: args.reason };
    const delivery = await client.call('rollBack', input, { signal });
    return showTheWay({ delivery: delivery.id }, { client, terminal, signal, json: args.json });
  },
});
