import { Failure } from '@plumbline/contract/failure';
import { parseArguments } from './arguments.ts';
import { createClient } from './client.ts';
import { type Command, everyArgs, exitCodes, Misuse, type Surroundings } from './command.ts';
import { commands, load } from './commands/index.ts';
import { findConnection, notRunning } from './connection.ts';
import { commandIn } from './dispatch.ts';
import { findPlace } from './place.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { usageOf, usageOfGroup } from './usage.ts';

/** Runs one command line and answers the exit code: 0 done, 1 failed, 2 misused. */
export const main = async (
  argv: readonly string[],
  surroundings: Surroundings = ofThisProcess(),
  terminal: Terminal = createTerminal(process, process.env),
): Promise<number> => {
  let command: Command | null = null;
  try {
    const found = commandIn(argv, Object.keys(commands));
    if (found.kind === 'group') {
      terminal.print(usageOfGroup(await Promise.all(found.names.map(load))));
      return exitCodes.done;
    }
    command = await load(found.name);
    if (found.wantsHelp) {
      terminal.print(await usageOf(command, terminal.colour.isColorSupported));
      return exitCodes.done;
    }
    return await run(command, found.rest, surroundings, terminal);
  } catch (error) {
    return door(error, command, argv, terminal);
  }
};

const run = async (
  command: Command,
  rest: readonly string[],
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<number> => {
  const args = parseArguments(rest, { ...command.args, ...everyArgs });
  const place = findPlace(surroundings, args.directory);
  const connect = () => findConnection(place, surroundings.env);
  const client = createClient(connect, (cause) => notRunning(place.directory, cause));
  const interrupted = new AbortController();
  const stopListening = surroundings.onInterrupt(() => interrupted.abort());
  try {
    return await command.run({ args, terminal, place, client, surroundings, signal: interrupted.signal });
  } catch (error) {
    // What waited was told to stop: that it did is no news.
    if (interrupted.signal.aborted && isAbort(error)) throw new Failure('interrupted', 'interrupted', { cause: error });
    throw error;
  } finally {
    stopListening();
    await client.close();
  }
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** The one place where an error of a command becomes words and an exit code. */
const door = async (
  error: unknown,
  command: Command | null,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> => {
  const { red, dim } = terminal.colour;
  if (error instanceof Misuse) {
    terminal.say(red(error.message));
    terminal.say(command ? await usageOf(command, false) : dim('plumb help lists every command'));
    return exitCodes.misused;
  }
  if (error instanceof Failure) {
    if (argv.includes('--json'))
      terminal.json({ error: { code: error.code, message: error.message, hint: error.hint ?? null } });
    terminal.say(red(error.message));
    if (error.hint) terminal.say(dim(error.hint));
    return exitCodes.failed;
  }
  terminal.say(red(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  terminal.say(dim('this is a bug of plumb itself'));
  return exitCodes.failed;
};

const ofThisProcess = (): Surroundings => ({
  env: process.env,
  cwd: process.cwd(),
  onInterrupt: (listener) => {
    const whenClosed = (error: NodeJS.ErrnoException): void => {
      // EPIPE: the reader of a pipe (head, less) has left. EIO: the terminal has.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      listener();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, listener);
    for (const stream of [process.stdout, process.stderr]) stream.on('error', whenClosed);
    return () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, listener);
    };
  },
});
