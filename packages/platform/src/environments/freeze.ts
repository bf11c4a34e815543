import { Failure } from '@plumbline/contract/failure';
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { type Day, days, type FrozenTime, type WeekTime } from '../freezes/window.ts';
import { instantOf, isZone, zones } from '../freezes/zone.ts';
import { nearest, suggestion } from './did-you-mean.ts';

/** What a schema can see of a freeze; the times depend on `every`, so `readFreeze` judges them with better words. */
export const describedFreeze = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, starting with a letter')
    .describe('Its name, for messages and the audit.'),
  every: z
    .union([z.enum(['week', 'day']), z.array(z.enum(days)).min(1)], {
      error: `must be week, day, or days like [sat, sun] out of ${days.join(', ')}`,
    })
    .optional()
    .describe('How often: week, day, or on these days. Default: once.'),
  from: z.string().describe('When it begins: `fri 16:00` every week, `18:00` every day, `2026-12-19 18:00` once.'),
  until: z.string().describe('When it ends, written like `from`. A time that is not after it is one of the next day.'),
  zone: z.string().describe('Whose clock that is, like America/Los_Angeles or UTC.'),
  reason: z.string().min(1).describe('Why, for whoever is kept waiting.'),
});
export type DescribedFreeze = z.output<typeof describedFreeze>;

/** What is wrong with a freeze, and with which of its keys. */
export interface WrongFreeze {
  readonly key: 'from' | 'until' | 'zone';
  readonly message: string;
}

/** When a described freeze holds, or everything that is wrong with it. */
export const readFreeze = (written: DescribedFreeze): FrozenTime | { readonly wrong: readonly WrongFreeze[] } => {
  const wrong = [...wrongZone(written.zone), ...(['from', 'until'] as const).flatMap((key) => wrongTime(written, key))];
  if (wrong.length > 0) return { wrong };
  const never = wrongOrder(written);
  return never ? { wrong: [{ key: 'until', message: never }] } : frozenTimeOf(written);
};

const wrongZone = (zone: string): readonly WrongFreeze[] => {
  if (isZone(zone)) return [];
  const near = nearest(zone, zones);
  const mend =
    near === undefined ? '; a zone is a place, like America/Los_Angeles, or UTC' : `: did you mean "${near}"?`;
  return [{ key: 'zone', message: `there is no time zone "${zone}"${mend}` }];
};

const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;

const kinds = {
  week: { words: 'a day and a time, like fri 16:00, with "every: week"', parts: 2 },
  day: { words: 'a time from 00:00 to 23:59, like 18:00, with "every"', parts: 1 },
  once: { words: 'a date and a time, like 2026-12-19 18:00, without "every"', parts: 2 },
} as const;

const kindOf = ({ every }: DescribedFreeze): keyof typeof kinds =>
  every === undefined ? 'once' : every === 'week' ? 'week' : 'day';

const wrongTime = (written: DescribedFreeze, key: 'from' | 'until'): readonly WrongFreeze[] => {
  const kind = kindOf(written);
  const parts = written[key].split(' ');
  const [word = '', time = word] = parts;
  const must = { key, message: `"${key}" must be ${kinds[kind].words}, not "${written[key]}"` };
  if (parts.length !== kinds[kind].parts || !clockTime.test(time)) return [must];
  if (kind === 'week' && /^[a-z]+$/i.test(word) && !isDay(word))
    return [{ key, message: `there is no day "${word}"${suggestion(word, days)}` }];
  const isRight = kind === 'day' || (kind === 'week' ? isDay(word) : z.iso.date().safeParse(word).success);
  return isRight ? [] : [must];
};

const isDay = (word: string): word is Day => days.some((day) => day === word);

const wrongOrder = (written: DescribedFreeze): string | undefined => {
  const { from, until } = written;
  if (kindOf(written) === 'once')
    return from < until ? undefined : `it ends before it begins: ${until} is not after ${from}`;
  return from === until ? `it would never open: it ends at ${until}, when it begins again` : undefined;
};

const frozenTimeOf = (written: DescribedFreeze): FrozenTime => {
  const { from, until, zone, every } = written;
  if (every === undefined) {
    const instant = (time: string, shown: 'first' | 'last') =>
      instantOf(Temporal.PlainDateTime.from(time.replace(' ', 'T')), zone, shown);
    return { kind: 'between', from: instant(from, 'first'), until: instant(until, 'last') };
  }
  if (every === 'week') return { kind: 'weekly', spans: [{ from: weekTime(from), until: weekTime(until) }] };
  const begins = every === 'day' ? days : every;
  const spans = begins.map((day) => ({
    from: { day, time: from },
    until: { day: until > from ? day : dayAfter(day), time: until },
  }));
  return { kind: 'weekly', spans };
};

const weekTime = (text: string): WeekTime => {
  const [word = '', time = ''] = text.split(' ');
  if (!isDay(word)) throw new Failure('bug', `"${text}" was let through without a day`);
  return { day: word, time };
};

const dayAfter = (day: Day): Day => days[(days.indexOf(day) + 1) % days.length] ?? day;
