import { slotLabel } from '../labels.ts';
import { writtenBytes, writtenCpuMillis } from '../quantity.ts';
import { broken } from './broken.ts';
import { ofKind, selects, servingOf, variable, workloadsOf } from './of-kind.ts';
import type { Rule } from './rule.ts';

const probes: Rule = {
  id: 'E5-3',
  find: (all) =>
    servingOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap(({ startupProbe, livenessProbe, readinessProbe }) => [
        ...broken(
          manifest,
          livenessProbe?.httpGet !== undefined && livenessProbe.httpGet.path === readinessProbe?.httpGet?.path,
          'liveness asks what readiness asks: an outage of a store restarts every pod',
        ),
        ...broken(manifest, livenessProbe !== undefined && !startupProbe, 'no startupProbe: a slow start is killed'),
        ...broken(
          manifest,
          livenessProbe !== undefined && (livenessProbe.initialDelaySeconds ?? 0) > 0,
          'initialDelaySeconds guesses how long a start takes: startupProbe asks',
        ),
      ]),
    ),
};

const drain: Rule = {
  id: 'E5-4',
  find: (all) =>
    servingOf(all).flatMap(({ manifest, pod, containers }) =>
      containers.flatMap(({ lifecycle }) => {
        const sleep = lifecycle?.preStop?.sleep?.seconds ?? 0;
        const grace = pod.terminationGracePeriodSeconds ?? 30;
        return [
          ...broken(manifest, sleep < 10, 'no preStop sleep of 10 s or more: routers still send when it stops'),
          ...broken(
            manifest,
            grace < sleep + 20,
            `${grace} s of grace leave too little to drain after ${sleep} s of sleep`,
          ),
        ];
      }),
    ),
};

const disruption: Rule = {
  id: 'E5-5',
  find: (all) =>
    servingOf(all).flatMap(({ manifest, labels, pod }) => {
      const budgets = ofKind(all, 'PodDisruptionBudget').filter(({ spec }) =>
        selects(spec?.selector?.matchLabels, labels),
      );
      const isSpread = (pod.topologySpreadConstraints ?? []).some(({ topologyKey }) => topologyKey.endsWith('/zone'));
      const spec = ofKind([manifest], 'Deployment')[0]?.spec;
      return [
        ...broken(manifest, budgets.length !== 1, `${budgets.length} PodDisruptionBudgets: one is right`),
        ...broken(
          manifest,
          budgets.some((one) => one.spec?.unhealthyPodEvictionPolicy !== 'AlwaysAllow' || !one.spec.maxUnavailable),
          'its PodDisruptionBudget can hold a node back: maxUnavailable, and AlwaysAllow',
        ),
        ...broken(manifest, !isSpread, 'is not spread over zones'),
        ...broken(manifest, pod.priorityClassName === undefined, 'has no priorityClassName'),
        ...broken(manifest, !spec?.minReadySeconds, 'has no minReadySeconds'),
        ...broken(manifest, !spec?.progressDeadlineSeconds, 'has no progressDeadlineSeconds'),
      ];
    }),
};

const environmentNamed: Rule = {
  id: 'E5-1',
  find: (all) =>
    workloadsOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap((container) =>
        broken(
          manifest,
          variable(container, 'APP_ENV')?.value !== manifest.metadata?.namespace,
          'APP_ENV does not say the environment, so that NODE_ENV has to',
        ),
      ),
    ),
};

const resources: Rule = {
  id: 'E5-16',
  find: (all) =>
    workloadsOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap(({ resources: { requests = {}, limits = {} } = {} }) => {
        const asked = writtenBytes(requests.memory);
        const cpu = writtenCpuMillis(requests.cpu) ?? 0;
        const most = writtenCpuMillis(limits.cpu) ?? Number.POSITIVE_INFINITY;
        return [
          ...broken(
            manifest,
            asked === undefined || asked !== writtenBytes(limits.memory),
            'asks for less memory than it may use: the node overcommits',
          ),
          ...broken(manifest, cpu === 0 || most < 2 * cpu, 'its CPU limit is under twice its request: it is throttled'),
        ];
      }),
    ),
};

const heap: Rule = {
  id: 'E5-9',
  find: (all) => [
    ...servingOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap((container) =>
        broken(
          manifest,
          variable(container, 'NODE_ENV') !== undefined &&
            !/--max-old-space-size=\d+/.test(variable(container, 'NODE_OPTIONS')?.value ?? ''),
          'V8 does not know its memory limit: --max-old-space-size',
        ),
      ),
    ),
    ...ofKind(all, 'HorizontalPodAutoscaler').flatMap((one) => [
      ...broken(
        one,
        (one.spec?.metrics ?? []).some(({ resource }) => resource?.name === 'memory'),
        'scales by memory, which V8 seldom gives back: it only ever goes up',
      ),
      ...broken(one, !one.spec?.behavior?.scaleDown?.stabilizationWindowSeconds, 'scales down without waiting'),
    ]),
  ],
};

const slotted: Rule = {
  id: 'E7-3',
  find: (all) =>
    servingOf(all).flatMap(({ manifest, labels }) => {
      const slot = labels[slotLabel];
      return broken(
        manifest,
        slot === undefined || !manifest.metadata?.name?.endsWith(`-${slot}`),
        'is not named after its slot: the other one has no name of its own',
      );
    }),
};

const agent: Rule = {
  id: 'E8-3',
  find: (all) =>
    servingOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap((container) =>
        broken(
          manifest,
          variable(container, 'DD_AGENT_HOST')?.valueFrom?.fieldRef?.fieldPath !== 'status.hostIP',
          'sends its metrics to itself, where nobody listens: DD_AGENT_HOST from status.hostIP',
        ),
      ),
    ),
};

const tagged: Rule = {
  id: 'E8-5',
  find: (all) =>
    servingOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap((container) =>
        ['DD_ENV', 'DD_SERVICE', 'DD_VERSION', 'APP_VERSION'].flatMap((name) =>
          broken(manifest, variable(container, name) === undefined, `${name} is not set`),
        ),
      ),
    ),
};

export const workloadRules: readonly Rule[] = [
  environmentNamed,
  probes,
  drain,
  disruption,
  heap,
  resources,
  slotted,
  agent,
  tagged,
];
