import type { Climb, DeliveryState, Stage } from '@plumbline/contract/delivery';
import type { Notification } from '@plumbline/contract/notice';
import type { EnvironmentStatus } from '@plumbline/contract/status';
import type { Terminal } from '../terminal.ts';

type State =
  | DeliveryState
  | Climb['state']
  | Stage['state']
  | EnvironmentStatus['health']
  | Notification['state']
  | 'passed'
  | 'not-run'
  | 'excused';
type Tone = 'red' | 'green' | 'yellow' | 'cyan' | 'dim';

/** A new state does not compile until it has a tone and a mark. */
const looks: Readonly<Record<State, readonly [tone: Tone, mark: string]>> = {
  waiting: ['yellow', '…'],
  running: ['cyan', '▸'],
  checking: ['cyan', '▸'],
  building: ['cyan', '▸'],
  climbing: ['cyan', '▸'],
  'awaiting-approval': ['yellow', '?'],
  held: ['yellow', '?'],
  'going-back': ['yellow', '◂'],
  succeeded: ['green', '✓'],
  done: ['green', '✓'],
  passed: ['green', '✓'],
  healthy: ['green', '✓'],
  sent: ['green', '✓'],
  failed: ['red', '✗'],
  stuck: ['red', '✗'],
  down: ['red', '✗'],
  aborted: ['red', '✗'],
  degraded: ['yellow', '!'],
  unknown: ['yellow', '!'],
  'not-run': ['yellow', '!'],
  excused: ['yellow', '!'],
  superseded: ['dim', '-'],
  skipped: ['dim', '-'],
  undone: ['dim', '-'],
  pending: ['dim', '·'],
  empty: ['dim', '·'],
};

export const toned = (state: State, text: string, colour: Terminal['colour']): string => colour[looks[state][0]](text);

export const marked = (state: State, colour: Terminal['colour']): string => toned(state, looks[state][1], colour);
