import { type AllowedAction, waitsForAPerson } from '@plumbline/contract/delivery';
import type { Context } from './command.ts';
import { exitCodes } from './command.ts';
import { plainWords } from './show/words.ts';
import { hasEnded, hasSucceeded, type Subject, standing, thingOf, type Watched, watch } from './watch.ts';

type Asked = Pick<Context, 'client' | 'terminal' | 'signal'> & { readonly json: boolean };

/** Shows what was just asked for until it ends, waits for a person or is held, and answers the exit code. */
export const showTheWay = async (subject: Subject, asked: Asked): Promise<number> => {
  const until = (watched: Watched): boolean => hasEnded(watched) || standing(watched).length > 0;
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
  else sayWhatIsAwaited(watched, terminal);
};

const sayWhatIsAwaited = (watched: Watched, { colour, print }: Context['terminal']): void => {
  for (const one of standing(watched)) {
    const allowed = (action: AllowedAction['action']) => one.actions.find((each) => each.action === action)?.command;
    const [what, command] = !waitsForAPerson(one)
      ? [`is held and goes on by itself: ${one.because}`, `plumb watch ${one.id}`]
      : one.heldAt === null
        ? [`waits for an approval for ${one.environment}`, allowed('approve') ?? 'plumb status']
        : [`is held at ${one.heldAt} in ${one.environment}: ${one.because}`, allowed('proceed') ?? 'plumb status'];
    print(`${one.id} ${what}: ${colour.bold(command)}`);
  }
};
