import { type Manifest, titleOf } from '../manifest.ts';
import { ofKind } from './of-kind.ts';
import type { Rule } from './rule.ts';

/** What a router does to requests, whichever it is; undefined: nothing says so. */
export interface RouterLimits {
  readonly router: string;
  /** Requests a second of one address. */
  readonly perSecond: number | undefined;
  readonly burst: number | undefined;
  readonly bodyBytes: number | undefined;
  /** Of Strict-Transport-Security, on every route. */
  readonly strictTransportSeconds: number | undefined;
  readonly redirectsToHttps: boolean;
  /** Whether something makes its certificate. */
  readonly hasCertificate: boolean;
  /** Whether a request that never comes to an end is given up. */
  readonly hasTimeouts: boolean;
}

/** The limits of each router, read back from the manifests. */
export const routerLimits = (all: readonly Manifest[]): readonly RouterLimits[] => [
  ...ofKind(all, 'Ingress').map((one) => ofIngress(all, one)),
  ...ofKind(all, 'VirtualService').map((one) => ({ ...ofEnvoy(all), ...ofVirtualService(all, one) })),
  ...ofKind(all, 'HTTPRoute')
    .filter(({ spec }) => spec?.rules?.some(({ backendRefs }) => backendRefs))
    .map((one) => ({ ...ofEnvoy(all), ...ofHttpRoute(all, one) })),
];

const numberIn = (text: string | undefined, pattern = /^(\d+)/): number | undefined => {
  const match = pattern.exec(text ?? '');
  return match ? Number(match[1]) : undefined;
};

/** Annotations that F5's controller knows; it leaves others alone in silence, as ingress-nginx does (E5-12). */
const ofIngress = (all: readonly Manifest[], one: ReturnType<typeof ofKind<'Ingress'>>[number]): RouterLimits => {
  const at = (name: string) => one.metadata?.annotations?.[`nginx.org/${name}`];
  const issuer = one.metadata?.annotations?.['cert-manager.io/cluster-issuer'];
  return {
    router: titleOf(one),
    perSecond: numberIn(at('limit-req-rate'), /^(\d+)r\/s$/),
    burst: numberIn(at('limit-req-burst')),
    bodyBytes: numberIn(at('client-max-body-size')),
    strictTransportSeconds: at('hsts') === 'true' ? numberIn(at('hsts-max-age')) : undefined,
    redirectsToHttps: at('redirect-to-https') === 'true',
    hasCertificate:
      (one.spec?.tls ?? []).length > 0 &&
      all.some(({ kind, metadata }) => kind === 'ClusterIssuer' && metadata?.name === issuer),
    hasTimeouts: at('proxy-read-timeout') !== undefined,
  };
};

const maxAge = /max-age=(\d+)/;

type FromRoute = Pick<RouterLimits, 'router' | 'strictTransportSeconds' | 'redirectsToHttps'>;

const ofVirtualService = (
  all: readonly Manifest[],
  one: ReturnType<typeof ofKind<'VirtualService'>>[number],
): FromRoute => {
  const headers = (one.spec?.http ?? []).map(({ headers: said }) => said?.response?.set?.['Strict-Transport-Security']);
  return {
    router: titleOf(one),
    strictTransportSeconds: least(headers.map((header) => numberIn(header, maxAge))),
    redirectsToHttps: all.some(
      (gateway) => gateway.kind === 'Gateway' && JSON.stringify(gateway).includes('"httpsRedirect":true'),
    ),
  };
};

const ofHttpRoute = (all: readonly Manifest[], one: ReturnType<typeof ofKind<'HTTPRoute'>>[number]): FromRoute => {
  const headers = (one.spec?.rules ?? []).map(({ filters = [] }) =>
    filters
      .flatMap(({ responseHeaderModifier }) => responseHeaderModifier?.set ?? [])
      .find(({ name }) => name === 'Strict-Transport-Security'),
  );
  const redirects = ofKind(all, 'HTTPRoute')
    .flatMap(({ spec }) => spec?.rules ?? [])
    .flatMap(({ filters = [] }) => filters);
  return {
    router: titleOf(one),
    strictTransportSeconds: least(headers.map((header) => numberIn(header?.value, maxAge))),
    redirectsToHttps: redirects.some(({ requestRedirect }) => requestRedirect?.scheme === 'https'),
  };
};

const least = (all: readonly (number | undefined)[]): number | undefined =>
  all.length > 0
    ? all.reduce((one, other) => (one === undefined || other === undefined ? undefined : Math.min(one, other)))
    : undefined;

type FromEnvoy = Omit<RouterLimits, 'router' | 'strictTransportSeconds' | 'redirectsToHttps'>;

/** Envoy's own configuration is open to the schema, so that it is read with care. */
interface Value {
  readonly name?: string;
  readonly typed_config?: {
    readonly request_headers_timeout?: string;
    readonly max_request_bytes?: number;
    readonly filter_enforced?: object;
    readonly descriptors?: readonly {
      readonly token_bucket?: { readonly tokens_per_fill?: number; readonly max_tokens?: number };
    }[];
  };
}

const ofEnvoy = (all: readonly Manifest[]): FromEnvoy => {
  const configs = ofKind(all, 'EnvoyFilter')
    .flatMap(({ spec }) => spec?.configPatches ?? [])
    // The schema says of the value only that it is an object.
    .flatMap(({ patch }) => (patch?.value as Value | undefined)?.typed_config ?? []);
  const bucket = configs.find(({ filter_enforced: isEnforced }) => isEnforced)?.descriptors?.[0]?.token_bucket;
  return {
    perSecond: bucket?.tokens_per_fill,
    burst: bucket?.max_tokens,
    bodyBytes: configs.find(({ max_request_bytes: bytes }) => bytes !== undefined)?.max_request_bytes,
    hasCertificate: ofKind(all, 'Certificate').length > 0,
    hasTimeouts: configs.some(({ request_headers_timeout: timeout }) => timeout !== undefined),
  };
};

const rateLimit: Rule = {
  id: 'E5-12',
  find: (all) =>
    routerLimits(all).flatMap(({ router, perSecond }) =>
      perSecond === undefined
        ? [{ object: router, message: 'limits no rate: nothing says so in words that it knows' }]
        : [],
    ),
};

const edge: Rule = {
  id: 'E5-19',
  find: (all) =>
    routerLimits(all).flatMap((one) => {
      const missing = [
        one.hasCertificate ? [] : ['nothing makes its certificate'],
        one.redirectsToHttps ? [] : ['answers plain HTTP'],
        one.strictTransportSeconds === undefined ? ['sends no Strict-Transport-Security'] : [],
        one.bodyBytes === undefined ? ['takes requests of any size'] : [],
        one.hasTimeouts ? [] : ['waits for ever'],
      ].flat();
      return missing.map((message) => ({ object: one.router, message }));
    }),
};

export const limitRules: readonly Rule[] = [rateLimit, edge];
