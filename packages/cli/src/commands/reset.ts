import { Failure } from '@plumbline/contract/failure';
import { defineCommand, exitCodes, Misuse } from '../command.ts';

export const reset = defineCommand({
  meta: {
    name: 'reset',
    description:
      "Remove everything that Plumbline keeps of this folder: releases, databases, audit. The app's files stay",
    example: 'plumb reset --yes',
  },
  args: { yes: { type: 'boolean', description: 'Yes, remove it all', default: false } },
  async run({ args, terminal, place }) {
    if (!args.yes) throw new Misuse(`this removes ${place.home} with all databases in it: say --yes`);
    const { livingOf } = await import('../start/bring-down.ts');
    const { eraseHome } = await import('@plumbline/agent/erase');
    const [living] = await livingOf(place.home);
    if (living) {
      throw new Failure('busy', `${living.name} (process ${living.process.pid}) runs in ${place.directory}`, {
        hint: 'plumb stop stops it',
      });
    }
    await eraseHome(place.home);
    if (args.json) terminal.json({ removed: place.home });
    else terminal.print(`${place.home} is removed`);
    return exitCodes.done;
  },
});
