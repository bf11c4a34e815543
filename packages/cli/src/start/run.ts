import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '@plumbline/agent/home/lock';
import { agentAddress } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { createClient } from '../client.ts';
import { exitCodes, type Surroundings } from '../command.ts';
import { findConnection, notRunning, readControlFile, readIfThere } from '../connection.ts';
import type { Place } from '../place.ts';
import { statusText } from '../show/status.ts';
import type { Terminal } from '../terminal.ts';
import { childVariables } from './child-variables.ts';
import { agentDaemon, controlPlaneDaemon } from './daemons.ts';
import { interruptions } from './interrupts.ts';
import { showPlainly } from './plain.ts';
import { createScreen } from './screen.ts';
import { type Shipped, shipCheckout, shippedWords } from './ship-checkout.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

export interface StartOrder {
  readonly place: Place;
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  /** The programs of agent and control plane. */
  readonly programs: { readonly agent: string; readonly server: string };
  /** Of the control plane; null for the one of last time or any free one. */
  readonly port: number | null;
  /** Print what happens as lines of JSON. */
  readonly json: boolean;
}

/** Brings everything up, ships the checkout and shows it, until it is told to stop; then brings everything down. */
export const runStart = async (order: StartOrder): Promise<number> => {
  const { home } = order.place;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const lock = takeLock(join(home, 'start.json'));
  if (!lock.taken) return joinTheLiving(order, lock.holder.pid);
  try {
    return await superviseUntilStopped(order);
  } finally {
    lock.release();
  }
};

const superviseUntilStopped = async (order: StartOrder): Promise<number> => {
  const { terminal, surroundings, place } = order;
  const stop = new AbortController();
  const clients = clientsOf(place);
  let tell = (sentence: string): void => terminal.say(sentence);
  const supervisor = createSupervisor(place.home, daemonsOf(order), (sentence) => tell(sentence));
  const interrupt = interruptions(supervisor, terminal, () => stop.abort());
  const stopListening = surroundings.onInterrupt(interrupt);
  try {
    await startUnlessStopped(supervisor, terminal, stop.signal);
    if (stop.signal.aborted) return exitCodes.done;
    for (const note of await notesOf(place.home)) terminal.say(terminal.colour.yellow(note));
    const shipped = await shipAndSay(clients.pipeline, terminal, stop.signal);
    if (order.json || !terminal.isInteractive) {
      await showPlainly(clients.person, terminal, { shipped, json: order.json }, stop.signal);
    } else {
      const screen = createScreen({ person: clients.person, terminal, signal: stop.signal, interrupt });
      tell = screen.tell;
      await screen.run();
      tell = (sentence) => terminal.say(sentence);
    }
    return exitCodes.done;
  } finally {
    stop.abort();
    await Promise.all([clients.pipeline.close(), clients.person.close()]);
    await supervisor.stop();
    stopListening();
    terminal.say('everything is stopped; npm start brings it back as it was');
  }
};

const daemonsOf = ({ place, programs, port, surroundings }: StartOrder) => {
  const { home, directory } = place;
  const variables = childVariables(surroundings.env, { PLUMBLINE_HOME: home });
  const ports = port === null ? [] : ['--port', String(port)];
  return {
    agent: agentDaemon({ home, directory, variables, command: [programs.agent, '--home', home] }),
    controlPlane: controlPlaneDaemon({
      home,
      directory,
      variables,
      command: [programs.server, '--home', home, '--directory', directory, ...ports],
    }),
  };
};

/** Its own control plane, whatever PLUMBLINE_URL says, as the pipeline and as the person. */
const clientsOf = (place: Place) => {
  const away = (cause: unknown) => notRunning(place.directory, cause);
  return {
    pipeline: createClient(() => findConnection(place, {}, 'pipeline-token'), away),
    person: createClient(() => findConnection(place, {}), away),
  };
};

const startUnlessStopped = async (supervisor: Supervisor, terminal: Terminal, signal: AbortSignal): Promise<void> => {
  terminal.say('starting the agent and the control plane');
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([supervisor.start(), stopped]);
};

/** What agent and control plane found otherwise than usual, as ports that somebody else has. */
const notesOf = async (home: string): Promise<readonly string[]> => {
  const [agent, control] = await Promise.all([readIfThere(join(home, 'agent.json')), readControlFile(home)]);
  return [...(agent === null ? [] : agentAddress.parse(JSON.parse(agent)).notes), ...(control?.notes ?? [])];
};

/** A checkout that cannot be shipped is said, and what was live before goes on. */
const shipAndSay = async (
  pipeline: ReturnType<typeof createClient>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Shipped | null> => {
  try {
    const shipped = await shipCheckout(pipeline, signal);
    terminal.say(shippedWords(shipped));
    return shipped;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.say(terminal.colour.red(`the checkout is not shipped: ${error.message}`));
    if (error.hint) terminal.say(error.hint);
    return null;
  }
};

/** One start a home: the second one tells where the first one is, asks it to ship what is new, and ends. */
const joinTheLiving = async ({ place, terminal, json }: StartOrder, pid: number): Promise<number> => {
  const { person, pipeline } = clientsOf(place);
  terminal.say(`Plumbline runs in ${place.directory} already (process ${pid})`);
  try {
    const shipped = await shipAndSay(pipeline, terminal, AbortSignal.timeout(60_000));
    const status = await person.call('status', {});
    if (json) terminal.json(status);
    else terminal.print(statusText(status, Date.now(), terminal.colour));
    return shipped === null ? exitCodes.failed : exitCodes.done;
  } finally {
    await Promise.all([pipeline.close(), person.close()]);
  }
};
