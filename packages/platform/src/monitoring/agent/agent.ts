import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { ISecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { appLabels } from '../../infrastructure/kubernetes/labels.ts';
import { yamlOf } from '../../infrastructure/kubernetes/manifest.ts';
import type { Place, Renderer } from '../../infrastructure/renderer.ts';
import type { DatadogAgent } from './datadog-agent.ts';
import { routerCheck } from './router-check.ts';

/**
 * `k8s/<environment>/datadog-agent.yaml`: the agent on every node, by its operator (E8-1, E8-2). It has a namespace of its
 * own, with the operator, since it reads what nodes have; whoever installs the operator applies it, not a delivery.
 */
export const datadogAgent: Renderer = (places) =>
  places.map((place) => ({
    path: `k8s/${place.names.environment}/datadog-agent.yaml`,
    content: yamlOf(
      `Rendered by \`plumb render\` from plumbline.yaml and environments/${place.names.environment}.yaml: change those, not this.`,
      agentObjects(place),
    ),
  }));

/** What it takes: a store and a secret of the key, and the agent. */
export const agentObjects = (place: Place): readonly [ISecretStore, IExternalSecret, DatadogAgent] => [
  storeOf(place),
  keyOf(place),
  agentOf(place),
];

const namespace = 'datadog';
const secretName = 'datadog-api-key';
const keyName = 'api-key';

const metadata = (place: Place, name: string) => ({ name, namespace, labels: { ...appLabels(place) } });
const storeName = ({ names }: Place): string => names.cluster;

/** The operator of secrets reads by its own Pod Identity, so that no key is written here. */
const storeOf = (place: Place): ISecretStore => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  metadata: metadata(place, storeName(place)),
  spec: { provider: { aws: { service: 'SecretsManager', region: place.names.region } } },
});

const keyOf = (place: Place): IExternalSecret => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: metadata(place, secretName),
  spec: {
    refreshInterval: '1h',
    secretStoreRef: { kind: 'SecretStore', name: storeName(place) },
    target: { name: secretName, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    data: [{ secretKey: keyName, remoteRef: { key: `${place.names.secretsPrefix}datadog` } }],
  },
});

const resources = (cpu: string, memory: string) => ({
  requests: { cpu, memory },
  limits: { cpu: '500m', memory },
});

/**
 * The operator makes accounts, rights, volumes, kubelet's address and traffic from other pods of it, and its version, which
 * Terraform pins, is the version of its images.
 */
const agentOf = (place: Place): DatadogAgent => ({
  apiVersion: 'datadoghq.com/v2alpha1',
  kind: 'DatadogAgent',
  metadata: metadata(place, 'datadog'),
  spec: {
    global: {
      clusterName: place.names.cluster,
      registry: 'public.ecr.aws/datadog',
      site: 'datadoghq.com',
      tags: [`env:${place.names.environment}`, `app:${place.description.app}`],
      credentials: { apiSecret: { secretName, keyName } },
    },
    features: {
      // Services send to their node's address: DD_AGENT_HOST in their pods (E8-3).
      dogstatsd: { originDetectionEnabled: true, hostPortConfig: { enabled: true, hostPort: 8125 } },
      apm: { enabled: true, hostPortConfig: { enabled: true, hostPort: 8126 } },
      logCollection: { enabled: true, containerCollectAll: true },
      kubeStateMetricsCore: { enabled: true },
      eventCollection: { collectKubernetesEvents: true },
      liveProcessCollection: { enabled: false },
      liveContainerCollection: { enabled: true },
    },
    override: {
      nodeAgent: {
        tolerations: [{ operator: 'Exists' }],
        priorityClassName: 'system-node-critical',
        containers: {
          agent: { resources: resources('100m', '256Mi') },
          'trace-agent': { resources: resources('50m', '128Mi') },
        },
        extraConfd: { configDataMap: routerCheck(place) },
      },
      clusterAgent: { replicas: 2, containers: { 'cluster-agent': { resources: resources('50m', '256Mi') } } },
    },
  },
});
