import { defineCommand, exitCodes } from '../command.ts';

export const stop = defineCommand({
  meta: {
    name: 'stop',
    description: 'Drain and stop everything that runs for this folder',
    example: 'plumb stop --directory ../other-app',
  },
  args: {},
  async run({ args, terminal, place, signal }) {
    const { bringDown } = await import('../start/bring-down.ts');
    const stopped = await bringDown(place.home, signal);
    if (args.json) terminal.json({ stopped: stopped.map(({ name, process }) => ({ name, pid: process.pid })) });
    else if (stopped.length === 0) terminal.print(`nothing runs in ${place.directory}`);
    else for (const { name, process } of stopped) terminal.print(`${name} (process ${process.pid}) is stopped`);
    return exitCodes.done;
  },
});
