import { stringify } from 'yaml';
import { namedEntries } from '../../../environments/named.ts';
import type { Place, RenderedFile, Renderer } from '../../../infrastructure/renderer.ts';
import { budgetGroup } from './budget-rules.ts';
import { rowGroup } from './row-rules.ts';
import type { RuleGroup } from './rule.ts';

/** `monitoring/<environment>/prometheus-rules.yaml`, as Prometheus and Amazon's managed one read it. */
export const prometheusRules: Renderer = (places) => places.map(fileOf);

const fileOf = (place: Place): RenderedFile => ({
  path: `monitoring/${place.names.environment}/prometheus-rules.yaml`,
  content: `${header(place)}---\n${stringify({ groups: groupsOf(place) }, { lineWidth: 0, aliasDuplicateObjects: false })}`,
});

const header = ({ names: { environment } }: Place): string =>
  `# Rendered by \`plumb render\` from plumbline.yaml and environments/${environment}.yaml: change those, not this.\n`;

/** A group for each row of 8.2 that the place has something to measure for, and one for the error budget. */
export const groupsOf = (place: Place): readonly RuleGroup[] => [
  ...namedEntries(place.thresholds).flatMap(([name, row]) => rowGroup(place, name, row)),
  budgetGroup(place),
];
