import type { IEnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter';
import type { Place } from '../../renderer.ts';
import { appLabels } from '../labels.ts';
import { routerNamespace } from './namespace.ts';

type Spec = NonNullable<IEnvoyFilter['spec']>;
type Scope = Pick<Spec, 'targetRefs' | 'workloadSelector'>;
type Patch = NonNullable<Spec['configPatches']>[number];

/**
 * What neither a Gateway nor a VirtualService can say, said to Istio's proxy itself: how many requests an address may send,
 * how large one may be, and how long its headers may take. Answers may take as long as they like while something flows,
 * since event streams and downloads do.
 */
export const envoyLimits = (place: Place, scope: Scope): IEnvoyFilter => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: {
    name: `${place.description.app}-limits`,
    namespace: routerNamespace(place),
    labels: appLabels(place),
  },
  spec: { ...scope, configPatches: [connection(), before(rateLimit(place)), before(bodyLimit(place))] },
});

const manager = 'envoy.filters.network.http_connection_manager';
const extensions = 'type.googleapis.com/envoy.extensions.filters';

const connection = (): Patch => ({
  applyTo: 'NETWORK_FILTER',
  match: { context: 'GATEWAY', listener: { filterChain: { filter: { name: manager } } } },
  patch: {
    operation: 'MERGE',
    value: {
      typed_config: {
        '@type': `${extensions}.network.http_connection_manager.v3.HttpConnectionManager`,
        request_headers_timeout: '10s',
        stream_idle_timeout: '300s',
        max_request_headers_kb: 32,
      },
    },
  },
});

const before = (value: object): Patch => ({
  applyTo: 'HTTP_FILTER',
  match: {
    context: 'GATEWAY',
    listener: { filterChain: { filter: { name: manager, subFilter: { name: 'envoy.filters.http.router' } } } },
  },
  patch: { operation: 'INSERT_BEFORE', value },
});

/** So many addresses are remembered by one proxy; the one that was quiet longest is forgotten first. */
const addresses = 10_000;

/**
 * A bucket for each address (one proxy's own: with n proxies an address may have n times as much), and 429 when it is empty.
 * The bucket for all that have none is there because Envoy wants one; every request has an address.
 */
const rateLimit = ({ infrastructure: { rateLimit: limit } }: Place) => {
  const bucket = { max_tokens: limit.burst, tokens_per_fill: limit.perSecond, fill_interval: '1s' };
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return {
    name: 'envoy.filters.http.local_ratelimit',
    typed_config: {
      '@type': `${extensions}.http.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: 'http_local_rate_limiter',
      status: { code: 'TooManyRequests' },
      token_bucket: bucket,
      always_consume_default_token_bucket: false,
      filter_enabled: always,
      filter_enforced: always,
      rate_limits: [{ actions: [{ remote_address: {} }] }],
      descriptors: [{ entries: [{ key: 'remote_address' }], token_bucket: bucket }],
      max_dynamic_descriptors: addresses,
    },
  };
};

/** A larger request is answered with 413. */
const bodyLimit = ({ infrastructure }: Place) => ({
  name: 'envoy.filters.http.buffer',
  typed_config: {
    '@type': `${extensions}.http.buffer.v3.Buffer`,
    max_request_bytes: infrastructure.bodyLimitBytes,
  },
});
