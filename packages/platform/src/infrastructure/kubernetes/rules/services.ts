import { slotLabel } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { broken } from './broken.ts';
import { ofKind, selects, servingOf } from './of-kind.ts';
import type { Rule } from './rule.ts';

const namedPorts: Rule = {
  id: 'E5-14',
  find: (all) =>
    ofKind(all, 'Service').flatMap((one) =>
      (one.spec?.ports ?? []).flatMap(({ name, appProtocol, targetPort }) => [
        ...broken(one, name === undefined || appProtocol === undefined, 'its port says neither name nor appProtocol'),
        ...broken(
          one,
          typeof targetPort === 'number',
          'names its target port by number: the container has a name for it',
        ),
      ]),
    ),
};

/** Subsets may tell the slots of a Service apart in its place. */
const oneSlot: Rule = {
  id: 'E5-15',
  find: (all) =>
    ofKind(all, 'Service').flatMap((one) => {
      const hasSubsets = ofKind(all, 'DestinationRule').some(
        ({ spec }) =>
          spec?.host?.split('.')[0] === one.metadata?.name &&
          (spec?.subsets ?? []).every(({ labels }) => labels?.[slotLabel] !== undefined) &&
          (spec?.subsets ?? []).length > 1,
      );
      return broken(
        one,
        one.spec?.selector?.[slotLabel] === undefined && !hasSubsets,
        'does not say which slot: it mixes the old release with the new one',
      );
    }),
};

const reachedApart: Rule = {
  id: 'E7-2',
  find: (all) =>
    servingOf(all)
      .filter(({ labels }) => ofKind(all, 'Service').some(({ spec }) => selects(spec?.selector, labels)))
      .flatMap(({ manifest, labels }) => {
        const isApart = ofKind(all, 'Service').some(
          ({ spec }) => spec?.selector?.[slotLabel] !== undefined && selects(spec.selector, labels),
        );
        return broken(
          manifest,
          !isApart,
          'cannot be tried before it gets visitors: its slot has no Service of its own',
        );
      }),
};

/** Names of Services that routers send requests to; without the namespace. */
export const routedServices = (all: readonly Manifest[]): readonly string[] => [
  ...ofKind(all, 'HTTPRoute').flatMap(({ spec }) =>
    (spec?.rules ?? []).flatMap(({ backendRefs = [] }) => backendRefs.map(({ name }) => name)),
  ),
  ...ofKind(all, 'VirtualService').flatMap(({ spec }) =>
    (spec?.http ?? []).flatMap(({ route = [] }) =>
      route.flatMap(({ destination }) => destination?.host?.split('.')[0] ?? []),
    ),
  ),
  ...ofKind(all, 'Ingress').flatMap(({ spec }) =>
    (spec?.rules ?? []).flatMap(({ http }) =>
      (http?.paths ?? []).flatMap(({ backend }) => backend.service?.name ?? []),
    ),
  ),
];

const everyBackend: Rule = {
  id: 'E5-2',
  find: (all) =>
    [...new Set(routedServices(all))].flatMap((name) => {
      const service = ofKind(all, 'Service').find(({ metadata }) => metadata?.name === name);
      const runs = service && servingOf(all).some(({ labels }) => selects(service.spec?.selector, labels));
      return broken(
        null,
        !runs,
        `requests go to ${name}, which ${service ? 'no Deployment answers' : 'is no Service'}`,
      );
    }),
};

export const serviceRules: readonly Rule[] = [everyBackend, namedPorts, oneSlot, reachedApart];
