import { slots } from '@plumbline/contract/shape';
import type { Manifest } from '../manifest.ts';
import { broken } from './broken.ts';
import { ofKind } from './of-kind.ts';
import type { Rule } from './rule.ts';

interface Scaler {
  readonly manifest: Manifest;
  readonly target: string;
  readonly min: number;
  readonly max: number;
}

const scalersOf = (all: readonly Manifest[]): readonly Scaler[] => [
  ...ofKind(all, 'HorizontalPodAutoscaler').flatMap((manifest) => {
    const { scaleTargetRef: target, minReplicas: min = 1, maxReplicas: max } = manifest.spec ?? {};
    return target && max !== undefined ? [{ manifest, target: target.name, min, max }] : [];
  }),
  ...ofKind(all, 'ScaledObject').flatMap((manifest) => {
    const { scaleTargetRef: target, minReplicaCount: min = 0, maxReplicaCount: max = 100 } = manifest.spec ?? {};
    return target ? [{ manifest, target: target.name, min, max }] : [];
  }),
];

const noReplicas: Rule = {
  id: 'E5-7',
  find: (all) =>
    ofKind(all, 'Deployment').flatMap((one) =>
      broken(
        one,
        one.spec?.replicas !== undefined && scalersOf(all).some(({ target }) => target === one.metadata?.name),
        'says replicas, which its autoscaler decides: each apply takes them back',
      ),
    ),
};

const oneScaler: Rule = {
  id: 'E5-8',
  find: (all) =>
    ofKind(all, 'Deployment').flatMap((one) => {
      const own = scalersOf(all).filter(({ target }) => target === one.metadata?.name);
      return broken(one, own.length > 1, `${own.length} autoscalers fight over it`);
    }),
};

const everySlot: Rule = {
  id: 'E7-4',
  find: (all) => {
    const targets = new Set(scalersOf(all).map(({ target }) => target));
    return scalersOf(all).flatMap(({ manifest, target }) => {
      const service = target.replace(new RegExp(`-(${slots.join('|')})$`), '');
      const isWhole = slots.every((slot) => targets.has(`${service}-${slot}`));
      return broken(manifest, !isWhole, 'scales one slot alone: after a rollout it scales what nobody uses');
    });
  },
};

/** KEDA 2.18 took `type` out of a trigger's metadata. */
const metricType: Rule = {
  id: 'E12-3',
  find: (all) =>
    ofKind(all, 'ScaledObject').flatMap((one) =>
      (one.spec?.triggers ?? [])
        .filter(({ type }) => type === 'cpu' || type === 'memory')
        .flatMap((trigger) =>
          broken(
            one,
            trigger.metricType === undefined || trigger.metadata.type !== undefined,
            `its trigger ${trigger.type} says its type in metadata: metricType, on the trigger`,
          ),
        ),
    ),
};

const sameFloor: Rule = {
  id: 'E12-4',
  find: (all) => {
    const bounds = new Set(scalersOf(all).map(({ min, max }) => `${min} to ${max}`));
    return [
      ...broken(null, bounds.size > 1, `replicas are said more than once: ${[...bounds].join(', ')}`),
      ...ofKind(all, 'ScaledObject').flatMap((one) => [
        ...broken(one, one.metadata?.namespace === undefined, 'has no namespace'),
        ...broken(
          one,
          (one.spec?.triggers ?? []).some(
            ({ metadata }) => Number(metadata.desiredReplicas ?? 0) > (one.spec?.maxReplicaCount ?? 100),
          ),
          'its hours ask for more replicas than it may have',
        ),
      ]),
    ];
  },
};

export const scalingRules: readonly Rule[] = [noReplicas, oneScaler, everySlot, metricType, sameFloor];
