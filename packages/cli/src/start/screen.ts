import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Client } from '../client.ts';
import { createLiveBlock } from '../live-block.ts';
import type { Terminal } from '../terminal.ts';
import { read } from '../watch.ts';
import { type Mode, type Screen, screenLines } from './screen-lines.ts';

export interface ScreenNeeds {
  /** The person at the keyboard, who approves. */
  readonly person: Client;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Ctrl-C and q. */
  readonly interrupt: () => void;
}

export interface LiveScreen {
  /** Shows a sentence for a while. */
  tell(sentence: string): void;
  /** Draws and answers keys until the signal fires. */
  run(): Promise<void>;
}

const redrawEveryMs = 1_000;
/** How long a sentence stays on the screen. */
const saidForMs = 15_000;
const ctrlC = '\u0003';

/** The screen of `plumb start` for a person: redrawn progress, `a` to approve, `q` to stop. */
export const createScreen = ({ person, terminal, signal, interrupt }: ScreenNeeds): LiveScreen => {
  const block = createLiveBlock(terminal);
  let said = { sentence: '', at: Number.NEGATIVE_INFINITY };
  const tell = (sentence: string): void => {
    said = { sentence, at: performance.now() };
  };
  let mode: Mode = { is: 'standing' };
  let screen: Standing | null = null;
  const draw = (): void => {
    const message = performance.now() - said.at < saidForMs ? said.sentence : null;
    if (screen) block.draw(screenLines({ ...screen, mode, message }, Date.now(), terminal.colour));
  };
  const look = async (): Promise<void> => {
    const waiting = await theWaiting(person);
    if (waiting) mode = { is: 'plan', delivery: waiting };
    else tell('nothing waits for an approval');
  };
  const answer = async (delivery: Delivery, key: string): Promise<void> => {
    mode = { is: 'standing' };
    tell(key.toLowerCase() === 'y' ? await approved(person, delivery) : `${delivery.id} still waits`);
  };
  const press = async (key: string): Promise<void> => {
    if (key === ctrlC) interrupt();
    else if (mode.is === 'plan') await answer(mode.delivery, key);
    else if (key === 'q') interrupt();
    else if (key === 'a') await look();
    draw();
  };
  return {
    tell: (sentence) => {
      tell(sentence);
      draw();
    },
    run: async () => {
      const stopListening = onKeys(terminal, (key) => whenAway(press(key), tell));
      try {
        while (!signal.aborted) {
          await whenAway(
            standing(person).then((seen) => {
              screen = seen;
            }),
            tell,
          );
          draw();
          await sleep(redrawEveryMs, undefined, { signal }).catch(() => undefined);
        }
      } finally {
        stopListening();
        block.leave();
      }
    },
  };
};

type Standing = Pick<Screen, 'status' | 'climb' | 'deliveries'>;

const standing = async (client: Client): Promise<Standing> => {
  const status = await client.call('status', {});
  const watched = status.climb ? await read(client, { climb: status.climb.id }) : null;
  return watched?.kind === 'climb' ? { status, ...watched } : { status, climb: null, deliveries: [] };
};

const theWaiting = async (client: Client): Promise<Delivery | undefined> =>
  (await client.call('deliveries', {})).find(({ state }) => state === 'awaiting-approval');

const approved = async (client: Client, { id, planHash }: Delivery): Promise<string> => {
  await client.call('approve', { delivery: id, planHash: planHash ?? '' });
  return `${id} is approved`;
};

/** A refusal, or a control plane that restarts, is said on the screen and does not end it. */
const whenAway = async (work: Promise<void>, tell: (words: string) => void): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell(error.message);
  }
};

const onKeys = ({ stdin }: Terminal, press: (key: string) => void): (() => void) => {
  const listener = (chunk: Buffer | string): void => {
    for (const key of String(chunk)) press(key);
  };
  stdin.setRawMode?.(true);
  stdin.on('data', listener);
  stdin.resume();
  return () => {
    stdin.off('data', listener);
    stdin.pause();
    stdin.setRawMode?.(false);
  };
};
