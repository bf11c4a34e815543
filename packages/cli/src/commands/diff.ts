import { releaseId } from '@plumbline/contract/names';
import { defineCommand, exitCodes } from '../command.ts';
import { looksLike } from '../looks-like.ts';
import { table } from '../table.ts';

export const diff = defineCommand({
  meta: {
    name: 'diff',
    description: 'Show what differs between two releases',
    example: 'plumb diff r-0123456789ab r-ba9876543210',
  },
  args: {
    release: { type: 'positional', description: 'A release' },
    other: { type: 'positional', description: 'Another' },
  },
  async run({ args, client, terminal, signal }) {
    const { commits, changes } = await client.call(
      'diff',
      { release: looksLike(releaseId, args.release), other: looksLike(releaseId, args.other) },
      { signal },
    );
    if (args.json) {
      terminal.json({ commits, changes });
      return exitCodes.done;
    }
    for (const { commit, subject } of commits)
      terminal.print(`${terminal.colour.yellow(commit.slice(0, 7))} ${subject}`);
    if (commits.length > 0) terminal.print('');
    const rows = changes.map(({ what, before, after }) => [what, before ?? '-', after ?? '-']);
    terminal.print(rows.length === 0 ? 'the releases do not differ' : table(['WHAT', args.release, args.other], rows));
    return exitCodes.done;
  },
});
