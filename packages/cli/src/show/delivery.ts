import type { Climb, Delivery, Stage } from '@plumbline/contract/delivery';
import type { Terminal } from '../terminal.ts';
import { duration } from '../times.ts';
import { marked, toned } from './state.ts';
import { firstLine } from './words.ts';

type Colour = Terminal['colour'];

/** A climb and its deliveries as a block of lines that can be drawn again and again. */
export const climbBlock = (climb: Climb, deliveries: readonly Delivery[], now: number, colour: Colour): string[] => {
  const what = [climb.commit?.slice(0, 7), climb.dirty ? 'with uncommitted work' : null, climb.release]
    .filter(Boolean)
    .join(' ');
  const mine = deliveries.filter(({ id }) => climb.deliveries.includes(id)).sort((a, b) => a.askedAt - b.askedAt);
  return [
    `${marked(climb.state, colour)} ${colour.bold(climb.id)} ${toned(climb.state, climb.state, colour)} ${what}${climb.subject ? colour.dim(`  ${climb.subject}`) : ''}${why(climb.because)}`,
    ...climb.stages.map((stage) => stageLine(stage, now, colour)),
    ...mine.flatMap((delivery) => deliveryBlock(delivery, now, colour)),
  ];
};

/** A delivery with its stages; one that ended well is one line. */
export const deliveryBlock = (delivery: Delivery, now: number, colour: Colour): string[] => {
  const head = `${marked(delivery.state, colour)} ${delivery.environment.padEnd(12)} ${delivery.id} ${delivery.release} ${toned(delivery.state, delivery.state, colour)}${timing(delivery, delivery.plan?.expectedMs ?? null, now)}${why(delivery.because)}`;
  if (delivery.state === 'succeeded' || delivery.state === 'superseded') return [head];
  return [head, ...delivery.stages.map((stage) => stageLine(stage, now, colour))];
};

const stageLine = (stage: Stage, now: number, colour: Colour): string =>
  `    ${marked(stage.state, colour)} ${toned(stage.state, stage.name.padEnd(12), colour)}${timing(stage, stage.expectedMs, now)}${why(stage.because)}`;

/** The time so far or in all, and while it runs the time it is expected to take. */
const timing = (
  { startedAt, endedAt }: { readonly startedAt: number | null; readonly endedAt: number | null },
  expectedMs: number | null,
  now: number,
): string => {
  const expected = expectedMs === null ? '' : `about ${duration(expectedMs)}`;
  if (startedAt === null) return expected && ` (${expected})`;
  const spent = duration((endedAt ?? now) - startedAt);
  return endedAt === null && expected ? ` ${spent} of ${expected}` : ` ${spent}`;
};

const why = (because: string | null): string => (because === null ? '' : `: ${firstLine(because)}`);
