import { isLast } from '../../../environments/order.ts';
import type { Place, Renderer } from '../../../infrastructure/renderer.ts';
import { jsonText } from '../../../kernel/json-text.ts';
import { objectiveOf, slowBurns } from './budget.ts';
import { dashboardOf } from './dashboard.ts';
import { monitorsOf } from './monitors.ts';
import { metricsOf } from './requests.ts';

/** `terraform/environments/<folder>/monitors/plumbline.auto.tfvars.json`: what Datadog watches and shows. */
export const datadogValues: Renderer = (places) =>
  places.map((place) => ({
    path: `terraform/environments/${place.names.folder}/monitors/plumbline.auto.tfvars.json`,
    content: jsonText(valuesOf(place)),
  }));

const valuesOf = (place: Place) => {
  const [rows, burns] = [monitorsOf(place), slowBurns(place)];
  return {
    app: place.description.app,
    environment: place.names.environment,
    tell: place.infrastructure.budget.tell,
    parts: { ...rows.parts, ...burns.parts },
    monitors: { ...rows.monitors, ...burns.monitors },
    objective: objectiveOf(place),
    dashboard: dashboardOf(place),
    percentiles: percentilesOf(place),
  };
};

/** A setting of the metric for all environments alike, so that one of them has it: the last of the path. */
const percentilesOf = (place: Place): Readonly<Record<string, readonly string[]>> => {
  const { duration, tags } = metricsOf(place);
  return isLast(place.description.path, place.names.environment) ? { [duration]: tags } : {};
};
