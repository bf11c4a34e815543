import type { Terminal } from '../terminal.ts';
import type { Supervisor } from './supervisor.ts';

/** `npm start` hands one Ctrl-C on a second time, just after the terminal gave it. */
const oneAndTheSameWithinMs = 300;

/** Ctrl-C, TERM or `q`: the first stops, the second tells what is waited for, the third kills. */
export const interruptions = (
  supervisor: Supervisor,
  { say }: Pick<Terminal, 'say'>,
  stop: () => void,
  now: () => number = performance.now.bind(performance),
) => {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (): void => {
    const isEcho = now() - last < oneAndTheSameWithinMs;
    last = now();
    if (isEcho) return;
    count += 1;
    if (count === 1) {
      say('stopping: requests in hand are finished first');
      stop();
    } else if (count === 2) {
      say(`still waiting for ${supervisor.awaited()}; once more kills it`);
    } else {
      say(`killing ${supervisor.awaited()}; plumb start takes over what it leaves behind`);
      supervisor.force();
    }
  };
};
