import type { Climb, Delivery } from '@plumbline/contract/delivery';
import type { Status } from '@plumbline/contract/status';
import { climbBlock, deliveryBlock } from '../show/delivery.ts';
import { planText } from '../show/plan.ts';
import { addressLines, logInLines, waitingLines } from '../show/status.ts';
import type { Terminal } from '../terminal.ts';

/** What the screen of `plumb start` shows: where everything stands, or the plan that an approval is about. */
export type Mode = { readonly is: 'standing' } | { readonly is: 'plan'; readonly delivery: Delivery };

export interface Screen {
  readonly status: Status;
  readonly climb: Climb | null;
  /** The deliveries of the climb. */
  readonly deliveries: readonly Delivery[];
  readonly mode: Mode;
  /** What was said last: a restart, an approval, an error. */
  readonly message: string | null;
}

export const screenLines = (screen: Screen, now: number, colour: Terminal['colour']): string[] => {
  const { status, climb, deliveries, mode, message } = screen;
  if (mode.is === 'plan') return planLines(mode.delivery, colour);
  const moving = status.environments.flatMap(({ delivery }) => (delivery && !isOf(climb, delivery) ? [delivery] : []));
  return [
    ...(climb ? climbBlock(climb, deliveries, now, colour) : []),
    ...moving.flatMap((delivery) => deliveryBlock(delivery, now, colour)),
    '',
    ...addressLines(status),
    ...logInLines(status),
    ...waitingLines(status, now, colour),
    ...(message === null ? [] : [colour.yellow(message)]),
    colour.dim(`${status.waiting.length > 0 ? 'a: see the plan and approve   ' : ''}q: stop everything`),
  ];
};

const isOf = (climb: Climb | null, { id }: Delivery): boolean => climb?.deliveries.includes(id) ?? false;

const planLines = ({ id, plan }: Delivery, colour: Terminal['colour']): string[] => [
  ...(plan ? planText(plan, colour).split('\n') : []),
  '',
  colour.bold(`approve ${id}? y: yes   any other key: not now`),
];
