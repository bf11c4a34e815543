import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, defineCommand, exitCodes } from '../command.ts';
import { createLiveBlock } from '../live-block.ts';
import { statusText } from '../show/status.ts';

const redrawEveryMs = 1_000;

export const status = defineCommand({
  meta: {
    name: 'status',
    description: 'Show every environment, what moves and what waits for whom',
    example: 'plumb status --watch',
  },
  args: { watch: { type: 'boolean', description: 'Show it again and again until Ctrl-C', default: false } },
  async run({ args, client, terminal, signal }) {
    const show = args.json ? terminal.json : shower(terminal, args.watch);
    show(await client.call('status', {}, { signal }));
    while (args.watch) {
      await sleep(redrawEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      show(await client.call('status', {}, { signal }));
    }
    return exitCodes.done;
  },
});

const shower = (terminal: Context['terminal'], redraw: boolean) => {
  const block = redraw && terminal.isInteractive ? createLiveBlock(terminal) : null;
  return (status: Parameters<typeof statusText>[0]): void => {
    const text = statusText(status, Date.now(), terminal.colour);
    if (block) block.draw(text.split('\n'));
    else terminal.print(text);
  };
};
