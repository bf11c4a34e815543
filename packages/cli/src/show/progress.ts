import type { Progress } from '@plumbline/contract/delivery';
import type { Terminal } from '../terminal.ts';
import { clock } from '../times.ts';
import { plainWords } from './words.ts';

/** One thing that happened, as a line for a screen that is not redrawn. */
export const progressLine = (one: Progress, now: number, colour: Terminal['colour']): string => {
  const where = [one.environment ?? one.climb, one.delivery, one.stage].filter(Boolean).join(' ');
  const [first = '', ...rest] = plainWords(one.text).split('\n');
  return [`${colour.dim(clock(one.at, now))} ${where ? `${where}  ` : ''}${first}`, ...rest.map(indented)].join('\n');
};

/** What a program said on several lines stands apart from the lines of other things. */
const indented = (line: string): string => `           ${line}`;
