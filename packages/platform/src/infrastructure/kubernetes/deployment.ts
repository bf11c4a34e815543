import type { ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { ITopologySpreadConstraint } from 'kubernetes-models/v1/TopologySpreadConstraint';
import type { Service } from '../../environments/service.ts';
import type { Place } from '../renderer.ts';
import { slotImage } from './images.ts';
import { slotLabels, slotName, slotSelector } from './labels.ts';
import { containerOf, podBasics } from './pod.ts';
import { containerPort, portName } from './ports.ts';
import { servingPriority } from './priority-classes.ts';
import { probesOf } from './probes.ts';
import { graceSeconds, leaveSeconds } from './timing.ts';

/**
 * One slot of a service. It says neither how many replicas there are nor which release they run: both are state, which the
 * engine applies as owner of these fields, so that applying this again takes nobody's replicas away (E5-7).
 */
export const deploymentOf = (place: Place, service: ServiceName, described: Service, slot: Slot): IDeployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: slotName(place, service, slot),
    namespace: place.names.namespace,
    labels: slotLabels(place, service, slot),
  },
  spec: {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    minReadySeconds: 5,
    progressDeadlineSeconds: Math.ceil(place.settings.timeouts.rolloutMs / 1_000),
    revisionHistoryLimit: 3,
    selector: { matchLabels: slotSelector(place, service, slot) },
    template: {
      metadata: { labels: slotLabels(place, service, slot) },
      spec: {
        ...podBasics(place, service),
        priorityClassName: servingPriority(place),
        terminationGracePeriodSeconds: graceSeconds(described),
        topologySpreadConstraints: spread(slotSelector(place, service, slot)),
        containers: [
          {
            ...containerOf(place, service, described, slotImage(place, service, slot)),
            ports: [{ name: portName, containerPort, protocol: 'TCP' }],
            ...probesOf(described),
            lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } },
          },
        ],
      },
    },
  },
});

/** Over zones always, so that losing one leaves the others; over nodes where there are enough. */
const spread = (matchLabels: Readonly<Record<string, string>>): ITopologySpreadConstraint[] => [
  over('topology.kubernetes.io/zone', 'DoNotSchedule', matchLabels),
  over('kubernetes.io/hostname', 'ScheduleAnyway', matchLabels),
];

const over = (
  topologyKey: string,
  whenUnsatisfiable: ITopologySpreadConstraint['whenUnsatisfiable'],
  matchLabels: Readonly<Record<string, string>>,
): ITopologySpreadConstraint => ({
  topologyKey,
  maxSkew: 1,
  whenUnsatisfiable,
  labelSelector: { matchLabels: { ...matchLabels } },
  // Without it the pods that leave during an update count, and the new ones crowd where these were not.
  matchLabelKeys: ['pod-template-hash'],
});
