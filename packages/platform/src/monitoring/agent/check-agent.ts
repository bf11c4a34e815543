import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { type Manifest, titleOf } from '../../infrastructure/kubernetes/manifest.ts';
import type { DatadogAgent } from './datadog-agent.ts';

/** What an erratum says against the manifests of a monitoring agent. */
export interface AgentFinding {
  readonly id: 'E8-1' | 'E8-2';
  readonly object: string;
  readonly message: string;
}

/** An agent that collects nothing, or whose key lies open, is found out before it is applied. */
export const checkAgent = (all: readonly Manifest[]): readonly AgentFinding[] => [
  ...configMaps(all).flatMap((map) => openKey(map, all)),
  ...keysThatNothingMakes(all),
  ...daemonSets(all).flatMap(deafDaemonSet),
  ...agents(all).flatMap(deafAgent),
  ...found('E8-2', null, daemonSets(all).length + agents(all).length === 0, 'no agent runs at all'),
];

const found = (
  id: AgentFinding['id'],
  object: Manifest | null,
  isSo: boolean,
  message: string,
): readonly AgentFinding[] => (isSo ? [{ id, object: object ? titleOf(object) : '', message }] : []);

// Manifests of a kind have the fields of the kind; what else they hold is the strict check's to say.
const configMaps = (all: readonly Manifest[]) =>
  all.filter(({ kind }) => kind === 'ConfigMap') as readonly IConfigMap[];
const daemonSets = (all: readonly Manifest[]) =>
  all.filter(({ kind }) => kind === 'DaemonSet') as readonly IDaemonSet[];
const agents = (all: readonly Manifest[]) =>
  all.filter((one): one is Manifest & DatadogAgent => one.kind === 'DatadogAgent');
const externalSecrets = (all: readonly Manifest[]) =>
  all.filter(({ kind }) => kind === 'ExternalSecret') as readonly IExternalSecret[];

const openKey = (map: IConfigMap, all: readonly Manifest[]): readonly AgentFinding[] => {
  const text = Object.values(map.data ?? {}).join('\n');
  const isMounted = daemonSets(all).some(({ spec }) =>
    spec?.template.spec?.volumes?.some(({ configMap }) => configMap?.name === map.metadata?.name),
  );
  return [
    ...found('E8-1', map, /^\s*api_key:/m.test(text), 'has the API key where everybody can read it'),
    ...found('E8-1', map, /\$\{\w+\}/.test(text), 'has a variable that nothing fills in'),
    ...found('E8-1', map, /^\s*apm_enabled:/m.test(text), 'apm_enabled is no setting of datadog.yaml'),
    ...found('E8-1', map, !isMounted, 'is mounted by nothing'),
  ];
};

const keysThatNothingMakes = (all: readonly Manifest[]): readonly AgentFinding[] => {
  const made = externalSecrets(all).map(({ metadata, spec }) => spec?.target?.name ?? metadata?.name);
  const ofSets = daemonSets(all).flatMap((set) =>
    (set.spec?.template.spec?.containers ?? []).flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) =>
        valueFrom?.secretKeyRef?.name ? [{ object: set, name: valueFrom.secretKeyRef.name }] : [],
      ),
    ),
  );
  const ofAgents = agents(all).map((agent) => ({
    object: agent,
    name: agent.spec.global.credentials.apiSecret.secretName,
  }));
  return [...ofSets, ...ofAgents].flatMap(({ object, name }) =>
    found('E8-1', object, !made.includes(name), `nothing makes the Secret ${name}`),
  );
};

/** Metrics and traces of services come to these, on the node's own address (E8-3). */
const ports = { dogstatsd: 8125, apm: 8126 } as const;

const deafDaemonSet = (set: IDaemonSet): readonly AgentFinding[] => {
  const pod = set.spec?.template.spec;
  const containers = pod?.containers ?? [];
  const hostPorts = containers.flatMap((container) => container.ports ?? []).map(({ hostPort }) => hostPort);
  const variables = containers.flatMap(({ env = [] }) => env).map(({ name }) => name);
  const say = (isSo: boolean, message: string) => found('E8-2', set, isSo, message);
  return [
    ...say(
      containers.some(({ image = '' }) => !/@sha256:|:\d/.test(image)),
      'means another agent tomorrow: its image has no version',
    ),
    ...say(!pod?.serviceAccountName, 'has no account, and may ask the cluster nothing'),
    ...say(!Object.values(ports).every((port) => hostPorts.includes(port)), 'hears no metrics and traces on its node'),
    ...say(!variables.includes('DD_KUBERNETES_KUBELET_HOST'), 'does not know where its kubelet is'),
    ...say(!variables.includes('DD_LOGS_CONFIG_CONTAINER_COLLECT_ALL'), 'collects the logs of no container'),
    ...say((pod?.volumes ?? []).length === 0, 'sees neither logs nor processes of its node'),
    ...say((pod?.tolerations ?? []).length === 0, 'does not run on nodes with taints'),
    ...say(
      containers.some(({ resources }) => !resources?.limits),
      'may use all of its node',
    ),
  ];
};

/** The operator makes the rest: accounts, rights, volumes, kubelet's address, a version for its images. */
const deafAgent = (agent: DatadogAgent): readonly AgentFinding[] => {
  const { dogstatsd, apm, logCollection } = agent.spec.features;
  const { nodeAgent } = agent.spec.override;
  const hears = (port: { readonly enabled: boolean; readonly hostPort: number }, expected: number) =>
    port.enabled && port.hostPort === expected;
  const say = (isSo: boolean, message: string) => found('E8-2', agent, isSo, message);
  return [
    ...say(
      !hears(dogstatsd.hostPortConfig, ports.dogstatsd) || !hears(apm.hostPortConfig, ports.apm),
      'hears no metrics and traces on its node',
    ),
    ...say(!logCollection.enabled || !logCollection.containerCollectAll, 'collects the logs of no container'),
    ...say(nodeAgent.tolerations.length === 0, 'does not run on nodes with taints'),
    ...say(
      Object.values(nodeAgent.containers).some(({ resources }) => !resources.limits),
      'may use all of its node',
    ),
  ];
};
