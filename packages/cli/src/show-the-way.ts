import type { Context } from './command.ts';
import { exitCodes } from './command.ts';
import { plainWords } from './show/words.ts';
import { awaiting, hasEnded, hasSucceeded, type Subject, thingOf, type Watched, watch } from './watch.ts';

type Asked = Pick<Context, 'client' | 'terminal' | 'signal'> & { readonly json: boolean };

/** Shows what was just asked for until it ends or waits for a person, and answers the exit code. */
export const showTheWay = async (subject: Subject, asked: Asked): Promise<number> => {
  const until = (watched: Watched): boolean => hasEnded(watched) || awaiting(watched).length > 0;
  const { json, ...rest } = asked;
  const watched = await watch(subject, { ...rest, json: false, silent: json, until });
  if (watched === null) return detached(subject, asked);
  if (json) asked.terminal.json(thingOf(watched));
  else sayEnd(watched, asked);
  return hasEnded(watched) && !hasSucceeded(watched) ? exitCodes.failed : exitCodes.done;
};

/** Ctrl-C ends the watching, never what is watched. */
export const detached = (subject: Subject, { terminal }: Pick<Context, 'terminal'>): number => {
  const id = 'climb' in subject ? subject.climb : subject.delivery;
  terminal.say(`no longer watching; ${id} goes on. plumb watch ${id} comes back to it`);
  return exitCodes.failed;
};

/** The end in words. */
export const sayEnd = (watched: Watched, { terminal }: Pick<Context, 'terminal'>): void => {
  const { colour } = terminal;
  const { id, state, because } = thingOf(watched);
  if (hasSucceeded(watched)) terminal.print(colour.green(`${id} succeeded`));
  else if (hasEnded(watched)) terminal.print(colour.red(`${id} ${state}${because ? `: ${plainWords(because)}` : ''}`));
  else sayWhoIsAwaited(watched, terminal);
};

const sayWhoIsAwaited = (watched: Watched, { colour, print }: Context['terminal']): void => {
  for (const one of awaiting(watched)) {
    const isHeld = one.state === 'held';
    const what = isHeld
      ? `is held at ${one.heldAt} in ${one.environment}`
      : `waits for an approval for ${one.environment}`;
    const command = one.actions.find(({ action }) => action === (isHeld ? 'proceed' : 'approve'))?.command;
    print(`${one.id} ${what}: ${colour.bold(command ?? 'plumb status')}`);
  }
};
