import { type Manifest, titleOf } from '../manifest.ts';
import { broken } from './broken.ts';
import { ofKind, selects, servingOf } from './of-kind.ts';
import type { Rule } from './rule.ts';

const className = 'kubernetes.io/ingress.class';

const classOfIngress: Rule = {
  id: 'E5-11',
  find: (all) =>
    ofKind(all, 'Ingress').flatMap((one) =>
      broken(
        one,
        one.metadata?.annotations?.[className] !== undefined || !one.spec?.ingressClassName,
        `says its class by annotation: spec.ingressClassName`,
      ),
    ),
};

const maintained: Rule = {
  id: 'E5-13',
  find: (all) =>
    ofKind(all, 'Ingress').flatMap((one) =>
      broken(
        one,
        Object.keys(one.metadata?.annotations ?? {}).some((key) => key.startsWith('nginx.ingress.kubernetes.io/')),
        'is for ingress-nginx, which gets no fixes since March 2026',
      ),
    ),
};

/** An Ingress of networking.k8s.io/v1 names its Service by an object; what is not named so is rejected. */
const backends: Rule = {
  id: 'E7-1',
  find: (all) =>
    ofKind(all, 'Ingress').flatMap((one) => {
      const paths = (one.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
      return [
        ...broken(
          one,
          paths.some(({ backend, pathType }) => !backend.service?.name || !backend.service.port || !pathType),
          'names a backend as v1beta1 did: service.name, service.port and pathType',
        ),
        ...broken(one, !paths.some(({ path }) => path === '/'), 'leaves requests without an answer: nothing has /'),
      ];
    }),
};

const httpOf = (one: Manifest) => ofKind([one], 'VirtualService')[0]?.spec?.http ?? [];

type Match = NonNullable<ReturnType<typeof httpOf>[number]['match']>[number];

/** Whether it takes some requests of a path and leaves others. */
const isPicky = ({ headers, withoutHeaders, queryParams, method }: Match): boolean =>
  [headers, withoutHeaders, queryParams, method].some((one) => one !== undefined);

const everybody: Rule = {
  id: 'E7-5',
  find: (all) =>
    ofKind(all, 'VirtualService').flatMap((one) => {
      const last = httpOf(one).at(-1);
      const leaves = last?.match?.some(isPicky) ?? last === undefined;
      return broken(one, leaves, 'answers only whom its last route matches, and 404 to everybody else');
    }),
};

const weights: Rule = {
  id: 'E7-9',
  find: (all) => [
    ...ofKind(all, 'VirtualService').flatMap((one) =>
      httpOf(one).flatMap(({ route = [] }) =>
        ofSum(
          one,
          route.map(({ weight = 0 }) => weight),
        ),
      ),
    ),
    ...ofKind(all, 'HTTPRoute').flatMap((one) =>
      (one.spec?.rules ?? []).flatMap(({ backendRefs = [] }) =>
        ofSum(
          one,
          backendRefs.map(({ weight = 1 }) => weight),
        ),
      ),
    ),
  ],
};

const ofSum = (one: Manifest, all: readonly number[]) => {
  const sum = all.reduce((before, weight) => before + weight, 0);
  return broken(one, all.length > 1 && sum !== 100, `its weights sum to ${sum}: a share of what is no share of 100`);
};

const subsets: Rule = {
  id: 'E7-6',
  find: (all) =>
    ofKind(all, 'VirtualService').flatMap((one) =>
      httpOf(one)
        .flatMap(({ route = [] }) => route.flatMap(({ destination }) => destination ?? []))
        .filter(({ subset }) => subset !== undefined)
        .flatMap(({ host, subset }) => {
          const labels = ofKind(all, 'DestinationRule')
            .filter(({ spec }) => spec?.host === host)
            .flatMap(({ spec }) => spec?.subsets ?? [])
            .find(({ name }) => name === subset)?.labels;
          const isRun = labels && servingOf(all).some((workload) => selects(labels, workload.labels));
          return broken(one, !isRun, `no DestinationRule and pods are the subset ${subset} of ${host}: 503`);
        }),
    ),
};

const bound: Rule = {
  id: 'E7-7',
  find: (all) =>
    ofKind(all, 'VirtualService').flatMap((one) =>
      broken(
        one,
        (one.spec?.gateways ?? []).filter((name) => name !== 'mesh').length === 0,
        'is bound to no gateway: what comes from outside goes past it',
      ),
    ),
};

const versions: Rule = {
  id: 'E7-8',
  find: (all) =>
    all.flatMap((one) =>
      broken(
        one,
        /^networking\.istio\.io\/v1(alpha3|beta1)$/.test(one.apiVersion ?? '') && one.kind !== 'EnvoyFilter',
        `${one.apiVersion} is old: networking.istio.io/v1`,
      ),
    ),
};

/** One router and no more: two of them would both answer the host, each with rules of its own. */
const oneRouter: Rule = {
  id: 'E7-7',
  find: (all) => {
    const routers = [
      ...ofKind(all, 'Ingress'),
      ...ofKind(all, 'VirtualService'),
      ...ofKind(all, 'HTTPRoute').filter(({ spec }) => spec?.rules?.some(({ backendRefs }) => backendRefs)),
    ];
    const names = routers.map((one) => titleOf(one)).join(', ');
    return broken(null, servingOf(all).length > 0 && routers.length > 1, `several routers: ${names}`);
  },
};

export const routingRules: readonly Rule[] = [
  classOfIngress,
  maintained,
  backends,
  everybody,
  subsets,
  bound,
  oneRouter,
  versions,
  weights,
];
