import { requestsNeeded } from '../requests-needed.ts';
import { seeded } from './random.ts';
import { type Ended, simulate, simulatedSettings } from './rollout.ts';

/** One line of the published table: many rollouts of candidates that all have the same fault. */
export interface Outcomes {
  readonly failingPercent: number;
  readonly slowPercent: number;
  readonly runs: number;
  readonly aborts: number;
  readonly held: number;
  /** Requests that the candidate got until it was aborted, and seconds: median and 95 of 100. */
  readonly requests: readonly [number, number] | null;
  readonly seconds: readonly [number, number] | null;
  /** Seconds until the first step passed, median. */
  readonly firstPass: number | null;
}

export const seed = 20_261_101;

/** At the edge of what must not be aborted the chance is small, so it takes more runs to see it. */
const simulations = [
  { failingPercent: 0, slowPercent: 0, runs: 200 },
  { failingPercent: 0.5, slowPercent: 0, runs: 500 },
  { failingPercent: 1, slowPercent: 0, runs: 2_000 },
  { failingPercent: 1, slowPercent: 1, runs: 2_000 },
  { failingPercent: 2, slowPercent: 0, runs: 500 },
  { failingPercent: 3, slowPercent: 0, runs: 500 },
  { failingPercent: 4, slowPercent: 0, runs: 500 },
  { failingPercent: 5, slowPercent: 0, runs: 2_000 },
  { failingPercent: 10, slowPercent: 0, runs: 500 },
  { failingPercent: 100, slowPercent: 0, runs: 500 },
] as const;

export const simulateAll = (): readonly Outcomes[] => simulations.map(outcomesOf);

const outcomesOf = (one: (typeof simulations)[number], index: number): Outcomes => {
  const settings = simulatedSettings();
  const random = seeded(seed + index);
  const ways = { failing: one.failingPercent / 100, slow: one.slowPercent / 100 };
  const ends = Array.from({ length: one.runs }, () => simulate(settings, ways, random));
  const aborted = ends.filter((end) => end.aborted);
  return {
    ...one,
    aborts: aborted.length,
    held: ends.filter((end) => end.held).length,
    requests: spread(aborted.map((end) => end.requests)),
    seconds: spread(aborted.map((end) => end.seconds)),
    firstPass: spread(ends.flatMap(firstPassOf))?.[0] ?? null,
  };
};

const firstPassOf = ({ firstPass }: Ended): readonly number[] => (firstPass === null ? [] : [firstPass]);

/** Median and 95 of 100; null for too few to say. */
const spread = (numbers: readonly number[]): readonly [number, number] | null => {
  if (numbers.length < 30) return null;
  const sorted = numbers.toSorted((a, b) => a - b);
  return [quantile(sorted, 0.5), quantile(sorted, 0.95)];
};

const quantile = (sorted: readonly number[], part: number): number => sorted[Math.floor(part * sorted.length)] ?? 0;

/** The tables of docs/verdicts.md by name, in Markdown. */
export const tablesOf = (outcomes: readonly Outcomes[]): Readonly<Record<string, string>> => ({
  outcomes: table(
    [
      'failing',
      'too slow',
      'runs',
      'aborted',
      'requests until then',
      'seconds until then',
      'first pass after',
      'asked',
    ],
    outcomes.map((one) => [
      `${one.failingPercent} %`,
      `${one.slowPercent} %`,
      String(one.runs),
      percent(one.aborts, one.runs),
      pair(one.requests),
      pair(one.seconds),
      one.firstPass === null ? '-' : `${one.firstPass} s`,
      percent(one.held, one.runs),
    ]),
  ),
  cost: table(
    ['`failAgainstPercent`', ...failings.map((failing) => `${100 * failing} % fail`)],
    [1, 2, 3].map((failAgainstPercent) => {
      const settings = simulatedSettings({ failAgainstPercent });
      return [`${failAgainstPercent} %`, ...failings.map((failing) => needed(settings, failing))];
    }),
  ),
});

const failings = [0, 0.01, 0.02, 0.05, 0.1, 1] as const;

const needed = (settings: Parameters<typeof requestsNeeded>[0], failing: number): string => {
  const { typical, almostAlways, failChance } = requestsNeeded(settings, failing);
  return `${typical} / ${almostAlways} (${percent(failChance, 1)})`;
};

const pair = (two: readonly [number, number] | null): string => (two === null ? '-' : `${two[0]} / ${two[1]}`);

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The page with these tables in their places: each stands between `<!-- table NAME -->` and `<!-- end -->`. */
export const withTables = (page: string, tables: Readonly<Record<string, string>>): string =>
  page.replace(
    /(<!-- table (\w+) -->\n).*?(<!-- end -->)/gs,
    (_, begin: string, name: string, end: string) => `${begin}${tables[name] ?? `no table ${name}`}\n${end}`,
  );
