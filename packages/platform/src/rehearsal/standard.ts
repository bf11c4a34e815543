import type { ServiceName } from '@plumbline/contract/names';
import type { Scenario } from './scenario.ts';
import { readScenario } from './scenario-file.ts';

/** What everybody wants to know of an environment's settings: 50 requests a second unless the name says otherwise. */
const written: Readonly<Record<string, string>> = {
  healthy: 'candidate: { fails: 0.1 }',
  'fails all': 'candidate: { fails: 100 }',
  'fails 5 %': 'candidate: { fails: 5 }',
  slow: 'candidate: { slow: 20 }',
  'never ready': 'candidate: { start: never-ready }',
  'no traffic': 'traffic: 0',
};

export const standardScenarios = (services: readonly ServiceName[]): readonly Scenario[] =>
  Object.entries(written).map(([name, text]) => readScenario(name, text, services));
