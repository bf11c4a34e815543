import type { Place } from '../../../infrastructure/renderer.ts';
import type { Threshold } from '../../thresholds.ts';
import { runbookUrl } from '../runbooks.ts';
import type { Severity } from '../severity.ts';

type Labels = Readonly<Record<string, string>>;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Labels;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** Every measure is recorded once a minute: windows count minutes. */
export const interval = '1m';

/** What tells one environment's series from another's, where one Prometheus has both. */
export const placeLabels = ({ description, names }: Place): Labels => ({
  app: description.app,
  environment: names.environment,
});

/** Selects what was recorded for this place. */
export const recorded = (place: Place, record: string): string =>
  `${record}{app="${place.description.app}",environment="${place.names.environment}"}`;

interface Said {
  readonly name: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: Severity;
  readonly owner: Threshold['owner'];
  readonly runbook: string;
  /** What tells it from others of its name. */
  readonly labels: Labels;
  readonly summary: string;
  readonly description: string;
}

/** An alert says to whom it belongs and what to do (E8-7). */
export const alertOf = (place: Place, said: Said): AlertingRule => ({
  alert: said.name,
  expr: said.expr,
  ...(said.for === undefined ? {} : { for: said.for }),
  labels: { ...placeLabels(place), severity: said.severity, owner: said.owner, runbook: said.runbook, ...said.labels },
  annotations: {
    summary: said.summary,
    description: said.description,
    runbook_url: runbookUrl(place.description, said.runbook),
  },
});
