import { defineCommand, exitCodes, Misuse } from '../command.ts';
import { detached, sayEnd } from '../show-the-way.ts';
import { hasSucceeded, type Subject, watch as watchToTheEnd } from '../watch.ts';

export const watch = defineCommand({
  meta: {
    name: 'watch',
    description: 'Show a delivery or a climb to its end; the exit code is 0 only when it succeeded',
    example: 'plumb watch d-12',
  },
  args: { id: { type: 'positional', description: 'A delivery (d-12) or a climb (c-3)' } },
  async run({ args, client, terminal, signal }) {
    const subject = subjectOf(args.id);
    const watched = await watchToTheEnd(subject, { client, terminal, signal, json: args.json });
    if (watched === null) return detached(subject, { terminal });
    if (!args.json) sayEnd(watched, { terminal });
    return hasSucceeded(watched) ? exitCodes.done : exitCodes.failed;
  },
});

const subjectOf = (id: string): Subject => {
  if (/^d-\d+$/.test(id)) return { delivery: id };
  if (/^c-\d+$/.test(id)) return { climb: id };
  throw new Misuse(`"${id}" is neither a delivery (d-12) nor a climb (c-3)`);
};
