import { namedEntries } from '../../../environments/named.ts';
import type { Place } from '../../../infrastructure/renderer.ts';
import type { MetricName, Threshold } from '../../thresholds.ts';
import { questions } from '../questions.ts';
import { type Level, levelsOf } from '../severity.ts';

/** Every row of 8.2 over time, with its levels as lines, as Datadog's API takes a dashboard. */
export const dashboardOf = (place: Place) => ({
  title: `${place.description.app} in ${place.names.environment}`,
  description: 'The rows of 8.2, rendered from the description.',
  layout_type: 'ordered',
  widgets: (['application', 'infrastructure'] as const).map((group) => ({
    definition: {
      type: 'group',
      layout_type: 'ordered',
      title: group === 'application' ? 'Application' : 'Infrastructure',
      widgets: namedEntries(place.thresholds)
        .filter(([, row]) => row.group === group)
        .flatMap(([name, row]) => widgetOf(place, name, row)),
    },
  })),
});

const widgetOf = (place: Place, name: MetricName, row: Threshold) => {
  const queries = questions[name].datadog(place, row);
  if (queries.length === 0) return [];
  return [
    {
      definition: {
        type: 'timeseries',
        title: `${row.title} (${row.unit})`,
        requests: queries.map(({ shown }) => ({ q: shown, display_type: 'line' })),
        markers: levelsOf(row).map((level) => markerOf(row, level)),
      },
    },
  ];
};

const colours = { info: 'info dashed', warning: 'warning dashed', critical: 'error dashed' } as const;

const markerOf = ({ badWhen }: Threshold, { severity, at }: Level) => ({
  value: `y ${badWhen === 'above' ? '>' : '<'} ${at}`,
  display_type: colours[severity],
  label: severity,
});
