import { stringify } from 'yaml';
import type { Infrastructure } from '../../infrastructure/infrastructure.ts';
import type { Place } from '../../infrastructure/renderer.ts';
import { ingressDistribution } from '../alerts/datadog/requests.ts';

/** The check that reads the router's count of requests, by the name of its file; monitors ask for what it sends. */
export const routerCheck = ({ infrastructure }: Pick<Place, 'infrastructure'>): Readonly<Record<string, string>> =>
  checks[infrastructure.routing];

/** What monitors need of it and no more: each other metric costs. */
const histogramsAsDistributions = {
  histogram_buckets_as_distributions: true,
  collect_counters_with_distributions: true,
};

/** docs.datadoghq.com/integrations/istio; every proxy of it answers on this port, the gateway's as well. */
const istio = {
  'istio.yaml': stringify({
    ad_identifiers: ['proxyv2'],
    init_config: {},
    instances: [
      {
        istio_mesh_endpoint: 'http://%%host%%:15020/stats/prometheus',
        use_openmetrics: true,
        tag_by_endpoint: false,
        ...histogramsAsDistributions,
      },
    ],
  }),
};

/** docs.nginx.com/nginx-ingress-controller, Prometheus. `service` is a tag that Datadog itself gives a meaning. */
const ingress = {
  'openmetrics.yaml': stringify({
    ad_identifiers: ['nginx-ingress'],
    init_config: {},
    instances: [
      {
        openmetrics_endpoint: 'http://%%host%%:9113/metrics',
        namespace: ingressDistribution.namespace,
        metrics: [{ nginx_ingress_controller_upstream_server_response_latency_ms: ingressDistribution.metric }],
        rename_labels: { service: 'asked_service' },
        ...histogramsAsDistributions,
      },
    ],
  }),
};

const checks: Readonly<Record<Infrastructure['routing'], Readonly<Record<string, string>>>> = {
  gateway: istio,
  istio,
  ingress,
};
