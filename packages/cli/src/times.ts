const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A length of time for people: 400 ms, 12 s, 3 min 5 s, 2 h 10 min, 3 d. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < minuteMs) return `${Math.round(ms / 1000)} s`;
  if (ms < hourMs) return withRest(ms, minuteMs, 'min', 1000, 's');
  if (ms < dayMs) return withRest(ms, hourMs, 'h', minuteMs, 'min');
  return `${Math.round(ms / dayMs)} d`;
};

const withRest = (ms: number, unitMs: number, unit: string, restMs: number, restUnit: string): string => {
  const rest = Math.floor((ms % unitMs) / restMs);
  return `${Math.floor(ms / unitMs)} ${unit}${rest === 0 ? '' : ` ${rest} ${restUnit}`}`;
};

/** A moment for people: how long ago, and when by the clock of this machine. */
export const moment = (at: number, now: number): string => `${duration(now - at)} ago (${clock(at, now)})`;

/** The time of day, with the day when that is not today's. */
export const clock = (at: number, now: number): string => {
  const { day, time } = local(at);
  return day === local(now).day ? time : `${day} ${time}`;
};

const local = (at: number): { readonly day: string; readonly time: string } => {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  return {
    day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  };
};

/** The moment that `--since` means: a length of time before now (90s, 15m, 1h, 2d), or a date; null when it is neither. */
export const sinceMoment = (text: string, now: number): number | null => {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    // The pattern lets nothing else through.
    return now - Number(amount) * { s: 1000, m: minuteMs, h: hourMs, d: dayMs }[unit as 's' | 'm' | 'h' | 'd'];
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : date;
};

/**
 * The moment that `--until` and `--from` mean: a length of time from now (30m, 2h, 3d), the next time of day, or a date
 * with a time, by the clock of this machine; null when it is none of them.
 */
export const comingMoment = (text: string, now: number): number | null => {
  const past = /^\d+[smhd]$/.test(text) ? sinceMoment(text, now) : null;
  if (past !== null) return now + (now - past);
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const date = new Date(now);
    date.setHours(Number(hours), Number(minutes), 0, 0);
    if (date.getTime() <= now) date.setDate(date.getDate() + 1);
    return date.getTime();
  }
  const [day, time] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?))?$/.exec(text)?.slice(1) ?? [];
  const date = Date.parse(`${day}T${time ?? '00:00'}`);
  return Number.isNaN(date) ? null : date;
};
