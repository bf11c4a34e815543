/** What we say in a DatadogAgent: the fields that are used of docs.datadoghq.com/containers/datadog_operator, v2alpha1. */
export interface DatadogAgent {
  readonly apiVersion: 'datadoghq.com/v2alpha1';
  readonly kind: 'DatadogAgent';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly global: {
      readonly clusterName: string;
      readonly registry: string;
      readonly site: string;
      readonly tags: readonly string[];
      readonly credentials: { readonly apiSecret: { readonly secretName: string; readonly keyName: string } };
    };
    readonly features: {
      readonly dogstatsd: { readonly originDetectionEnabled: boolean; readonly hostPortConfig: HostPort };
      readonly apm: { readonly enabled: boolean; readonly hostPortConfig: HostPort };
      readonly logCollection: { readonly enabled: boolean; readonly containerCollectAll: boolean };
      readonly kubeStateMetricsCore: { readonly enabled: boolean };
      readonly eventCollection: { readonly collectKubernetesEvents: boolean };
      readonly liveProcessCollection: { readonly enabled: boolean };
      readonly liveContainerCollection: { readonly enabled: boolean };
    };
    readonly override: {
      readonly nodeAgent: {
        readonly tolerations: readonly { readonly operator: 'Exists' }[];
        readonly priorityClassName: string;
        readonly containers: Readonly<Record<string, { readonly resources: Resources }>>;
        readonly extraConfd: { readonly configDataMap: Readonly<Record<string, string>> };
      };
      readonly clusterAgent: {
        readonly replicas: number;
        readonly containers: Readonly<Record<string, { readonly resources: Resources }>>;
      };
    };
  };
}

interface HostPort {
  readonly enabled: boolean;
  readonly hostPort: number;
}

interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}
