import { Temporal } from 'temporal-polyfill';
import { clockOf, instantOf } from './zone.ts';

/** From monday, as ISO 8601 counts them: 1 to 7. */
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

/** A time of the week by the clock on the wall. */
export interface WeekTime {
  readonly day: Day;
  /** `16:00`. */
  readonly time: string;
}

/** From the first moment at which the clock shows `from` to the last at which it shows `until`; a week at most. */
export interface WeekSpan {
  readonly from: WeekTime;
  readonly until: WeekTime;
}

/** When something is frozen: every week by the clock of a zone, or once, between two instants in epoch milliseconds. */
export type FrozenTime =
  | { readonly kind: 'weekly'; readonly spans: readonly WeekSpan[] }
  | { readonly kind: 'between'; readonly from: number; readonly until: number };

/** Until when a time that holds at the instant goes on, in epoch milliseconds; null when it does not hold then. */
export const frozenUntil = (when: FrozenTime, zone: string, at: number): number | null => {
  if (when.kind === 'between') return when.from <= at && at < when.until ? when.until : null;
  const ends = when.spans.map((span) => endOf(span, zone, at)).filter((end) => end !== null);
  return ends.length === 0 ? null : Math.max(...ends);
};

/** How often one freeze may follow upon another before nobody can say when it ends. */
const mostInARow = 100;

/** The first instant from `at` on at which none of the times holds; null when there is none that could be found. */
export const opensAt = (
  frozen: readonly { readonly when: FrozenTime; readonly zone: string }[],
  at: number,
): number | null => {
  let open = at;
  for (let turn = 0; turn < mostInARow; turn += 1) {
    const ends = frozen.map(({ when, zone }) => frozenUntil(when, zone, open) ?? open);
    const latest = Math.max(open, ...ends);
    if (latest === open) return open;
    open = latest;
  }
  return null;
};

/** The span's end when it has begun and not ended: it began on one of its days, on that of the present week or of the last. */
const endOf = (span: WeekSpan, zone: string, at: number): number | null => {
  const today = clockOf(at, zone).toPlainDate();
  for (let back = -1; back <= 8; back += 1) {
    const date = today.subtract({ days: back });
    if (days[date.dayOfWeek - 1] !== span.from.day) continue;
    const from = instantOf(date.toPlainDateTime(span.from.time), zone, 'first');
    const until = instantOf(date.add({ days: lengthInDays(span) }).toPlainDateTime(span.until.time), zone, 'last');
    if (from <= at && at < until) return until;
  }
  return null;
};

const lengthInDays = ({ from, until }: WeekSpan): number => {
  const between = (days.indexOf(until.day) - days.indexOf(from.day) + 7) % 7;
  return between === 0 && Temporal.PlainTime.compare(until.time, from.time) <= 0 ? 7 : between;
};
