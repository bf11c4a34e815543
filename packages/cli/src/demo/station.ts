import { setTimeout as delay } from 'node:timers/promises';
import type { Climb, Delivery } from '@plumbline/contract/delivery';
import { endedStates } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import { execa } from 'execa';
import { type Client, createClient } from '../client.ts';
import { findConnection, notRunning } from '../connection.ts';
import { childVariables } from '../start/child-variables.ts';
import type { Workshop } from './workshop.ts';

/** A running `plumb start` of the workshop, and clients of it. */
export interface Station {
  /** As the person who started it: an admin. */
  readonly person: Client;
  /** As somebody else, with a token of their own. */
  as(token: string): Client;
  /** Ends it as Ctrl-C does; answers when every process has ended. */
  stop(): Promise<void>;
}

const launcher = new URL('../../bin/plumb.js', import.meta.url).pathname;
const startsWithinMs = 120_000;
const lookEveryMs = 250;

/** Starts Plumbline in the workshop and waits until its control plane answers. */
export const openStation = async (
  workshop: Workshop,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Station> => {
  const env = childVariables(process.env, { PLUMBLINE_HOME: workshop.home, NO_COLOR: '1' });
  const child = execa(process.execPath, [launcher, 'start', '--directory', workshop.app], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // It is given the time that it takes: killed early, it would leave the agent behind.
    forceKillAfterDelay: false,
    // Ctrl-C in the terminal is for the demo, which stops it in order.
    detached: true,
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(String(chunk)));
  const clientWith = (token?: string) => {
    const place = { directory: workshop.app, home: workshop.home };
    const variables = token === undefined ? {} : { PLUMBLINE_TOKEN: token };
    return createClient(
      () => findConnection(place, variables),
      (cause) => notRunning(workshop.app, cause),
    );
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await child;
  };
  const person = clientWith();
  const ended = child.then(({ exitCode }) => `it ended with ${exitCode}`);
  try {
    await until(
      async () => (await person.call('status', {}).catch(unlessAway)) !== undefined,
      startsWithinMs,
      signal,
      ended,
    );
  } catch (error) {
    say(said.join(''));
    await stop();
    throw error;
  }
  return { person, as: clientWith, stop };
};

/** Waits for the climb's end, approving for it where it waits. Throws when it does not succeed. */
export const atTheTop = async (
  station: Station,
  approver: Client,
  id: Climb['id'],
  signal: AbortSignal,
): Promise<Climb> => {
  for (;;) {
    const climb = await station.person.call('climb', { climb: id });
    if (climb.state === 'succeeded') return climb;
    if (climb.endedAt !== null) throw new Failure('rollout-failed', `${id} ${climb.state}: ${climb.because}`);
    await approveWhatWaits(station, approver, climb.deliveries.at(-1));
    await delay(lookEveryMs, undefined, { signal });
  }
};

/** Waits for the delivery's end, approving it where somebody is given who may. Throws when it does not succeed. */
export const arrived = async (
  station: Station,
  id: Delivery['id'],
  signal: AbortSignal,
  approver?: Client,
): Promise<Delivery> => {
  const delivery = await ended(station, id, signal, approver);
  if (delivery.state === 'succeeded') return delivery;
  throw new Failure('rollout-failed', `${id} ${delivery.state}: ${delivery.because}`);
};

/** Waits for the delivery's end, whatever that is, approving it where somebody is given who may. */
export const ended = async (
  station: Station,
  id: Delivery['id'],
  signal: AbortSignal,
  approver?: Client,
): Promise<Delivery> => {
  for (;;) {
    if (approver) await approveWhatWaits(station, approver, id);
    const delivery = await station.person.call('delivery', { delivery: id });
    if (endedStates.includes(delivery.state)) return delivery;
    await delay(lookEveryMs, undefined, { signal });
  }
};

/** What each part of a climb took, in words. */
export const durationsOf = async ({ person }: Station, climb: Climb): Promise<readonly string[]> => {
  const took = (name: string, from: number | null, to: number | null) =>
    from === null || to === null ? [] : [`${name} ${((to - from) / 1_000).toFixed(1)} s`];
  const deliveries = await Promise.all(climb.deliveries.map((delivery) => person.call('delivery', { delivery })));
  return [
    climb.stages.flatMap(({ name, startedAt, endedAt }) => took(name, startedAt, endedAt)).join(', '),
    ...deliveries.map(({ environment, stages }) => {
      const parts = stages
        .filter(({ state }) => state === 'done')
        .flatMap(({ name, startedAt, endedAt }) => took(name, startedAt, endedAt));
      return `${environment}: ${parts.join(', ')}`;
    }),
  ];
};

/** The last environment of the path, and its plain address. */
export const topOf = async (
  station: Station,
): Promise<{ readonly name: EnvironmentName; readonly address: string }> => {
  const { environments } = await station.person.call('status', {});
  const top = environments.at(-1);
  if (!top?.addresses) throw new Failure('bug', 'the last environment of the path has no address');
  return { name: top.name, address: top.addresses.plain };
};

/** Approves once: until the delivery has noticed, it is still shown as waiting. */
export const approveWhatWaits = async (
  { person }: Pick<Station, 'person'>,
  approver: Client,
  id: Delivery['id'] | undefined,
): Promise<void> => {
  if (id === undefined) return;
  const delivery = await person.call('delivery', { delivery: id });
  const isAsked = delivery.state === 'awaiting-approval' && delivery.approvals.length === 0;
  if (!isAsked || delivery.planHash === null) return;
  await approver.call('approve', { delivery: id, planHash: delivery.planHash, reason: 'the demo looked at the plan' });
};

const until = async (
  isSo: () => Promise<boolean>,
  withinMs: number,
  signal: AbortSignal,
  ended: Promise<string>,
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  let end: string | undefined;
  void ended.then((words) => {
    end = words;
  });
  while (!(await isSo())) {
    if (end !== undefined) throw new Failure('server-unreachable', `plumb start did not come up: ${end}`);
    if (performance.now() > deadline)
      throw new Failure('deadline', `plumb start did not come up within ${withinMs / 1000} s`);
    await delay(lookEveryMs, undefined, { signal });
  }
};

const unlessAway = (error: unknown): undefined => {
  if (error instanceof Failure && (error.code === 'server-unreachable' || error.code === 'not-signed-in'))
    return undefined;
  throw error;
};
