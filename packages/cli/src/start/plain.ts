import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { ClimbId } from '@plumbline/contract/names';
import type { Client } from '../client.ts';
import { progressLine } from '../show/progress.ts';
import { addressLines, logInLines, waitingLines } from '../show/status.ts';
import { followProgress } from '../stream.ts';
import type { Terminal } from '../terminal.ts';
import type { Shipped } from './ship-checkout.ts';

/** Where nobody can be asked: plain lines of everything that happens, and where it stands when something ends or waits. */
export const showPlainly = async (
  client: Client,
  terminal: Terminal,
  { shipped, json }: { readonly shipped: Shipped | null; readonly json: boolean },
  signal: AbortSignal,
): Promise<void> => {
  const say = sayingOnce(terminal);
  const stand = async () => (json ? undefined : unlessAway(printStanding(client, terminal), say));
  const print = async (one: Progress): Promise<void> => {
    if (json) terminal.json(one);
    else terminal.print(progressLine(one, Date.now(), terminal.colour));
    if (one.kind === 'state' && standsStill.includes(one.state ?? '')) await stand();
  };
  let mine = shipped && !shipped.before ? shipped.climb.id : null;
  while (!signal.aborted) {
    await stand();
    await unlessAway(followBoth(client, mine, print, signal), (sentence) =>
      signal.aborted ? undefined : say(sentence),
    );
    mine = null;
    await sleep(showAgainMs, undefined, { signal }).catch(() => undefined);
  }
};

/** What cannot be shown for a while goes on all the same. */
const unlessAway = async (showing: Promise<void>, say: (sentence: string) => void): Promise<void> => {
  try {
    await showing;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
  }
};

/** Says a sentence, and not again while it stays the same. */
const sayingOnce = ({ say }: Terminal) => {
  let last = '';
  return (sentence: string): void => {
    if (sentence !== last) say(sentence);
    last = sentence;
  };
};

const showAgainMs = 1_000;

/** The whole of what was just shipped, and beside it whatever else happens from now on. */
const followBoth = async (
  client: Client,
  mine: ClimbId | null,
  print: (one: Progress) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const whole = async () => {
    if (mine === null) return;
    for await (const one of followProgress(client, { climb: mine, after: 0 }, { signal: either })) await print(one);
  };
  const others = async () => {
    for await (const one of followProgress(client, {}, { signal: either }))
      if (mine === null || one.climb !== mine) await print(one);
  };
  await Promise.all([whole(), others()]).finally(() => done.abort());
};

const standsStill = ['awaiting-approval', 'held', 'succeeded', 'failed', 'aborted', 'superseded', 'stuck'];

const printStanding = async (client: Client, terminal: Terminal): Promise<void> => {
  const status = await client.call('status', {});
  const lines = [...addressLines(status), ...logInLines(status), ...waitingLines(status, Date.now(), terminal.colour)];
  for (const line of lines) terminal.print(line);
};
