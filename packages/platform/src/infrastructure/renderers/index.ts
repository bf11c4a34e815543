import { datadogAgent } from '../../monitoring/agent/agent.ts';
import { cloudwatchAlarms } from '../../monitoring/alerts/cloudwatch/alarms.ts';
import { datadogValues } from '../../monitoring/alerts/datadog/values.ts';
import { prometheusRules } from '../../monitoring/alerts/prometheus/rules.ts';
import { kubernetes } from '../kubernetes/kubernetes.ts';
import type { Renderer } from '../renderer.ts';
import { stateBackend } from './state-backend.ts';
import { tfvars } from './tfvars.ts';

/** Everything that is rendered, by what it is. */
export const renderers: Readonly<Record<string, Renderer>> = {
  manifests: kubernetes,
  "Terraform's values": tfvars,
  "Terraform's state": stateBackend,
  'monitoring agent': datadogAgent,
  'rules of Prometheus': prometheusRules,
  'alarms of CloudWatch': cloudwatchAlarms,
  'monitors of Datadog': datadogValues,
};
