import { namedEntries } from '../../../environments/named.ts';
import type { Place } from '../../../infrastructure/renderer.ts';
import type { MetricName, Threshold } from '../../thresholds.ts';
import { questions } from '../questions.ts';
import { runbookUrl } from '../runbooks.ts';
import { type Level, levelsOf } from '../severity.ts';
import { beyond, meaningOf } from '../words.ts';
import type { Query } from './queries.ts';

/** A monitor that tells nobody, of which another is made. */
export interface Part {
  readonly name: string;
  readonly query: string;
  readonly threshold: number;
}

/** A monitor that tells: `all_of` parts hold, by their keys. */
export interface Monitor {
  readonly name: string;
  readonly all_of: readonly string[];
  readonly message: string;
  readonly severity: string;
  readonly owner: string;
  readonly runbook: string;
  readonly tells_of_no_data: boolean;
}

export interface Monitors {
  readonly parts: Readonly<Record<string, Part>>;
  readonly monitors: Readonly<Record<string, Monitor>>;
}

const join = (all: readonly Monitors[]): Monitors => ({
  parts: Object.assign({}, ...all.map(({ parts }) => parts)),
  monitors: Object.assign({}, ...all.map(({ monitors }) => monitors)),
});

/** A monitor for each level of each row, and the parts of which they are made. */
export const monitorsOf = (place: Place): Monitors =>
  join(
    namedEntries(place.thresholds).flatMap(([name, row]) =>
      questions[name]
        .datadog(place, row)
        .flatMap((query) => levelsOf(row).map((level) => monitorAt(place, name, row, query, level))),
    ),
  );

const monitorAt = (place: Place, name: MetricName, row: Threshold, query: Query, level: Level): Monitors => {
  const key = [name, ...(query.of === null ? [] : [query.of]), level.severity].join('-');
  const { gates = [] } = query;
  const title = `${row.title}${query.of === null ? '' : ` of ${query.of}`} in ${place.names.environment} is ${beyond(row, level)}`;
  return {
    parts: {
      [key]: {
        name: title,
        query: `${query.asked} ${row.badWhen === 'above' ? '>' : '<'} ${level.at}`,
        threshold: level.at,
      },
      ...Object.fromEntries(gates.map(({ key: gate, ...part }) => [gate, part])),
    },
    monitors: {
      [key]: {
        name: title,
        all_of: [key, ...gates.map((gate) => gate.key)],
        message: `${meaningOf(row)}\n\nRunbook: ${runbookUrl(place.description, row.runbook)}`,
        severity: level.severity,
        owner: row.owner,
        runbook: row.runbook,
        tells_of_no_data: query.isAlwaysThere ?? false,
      },
    },
  };
};
