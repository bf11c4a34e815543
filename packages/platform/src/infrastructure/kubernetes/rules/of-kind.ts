import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IDestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1/DestinationRule';
import type { IVirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService';
import type { IEnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter';
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { IValidatingAdmissionPolicyBinding } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Manifest } from '../manifest.ts';

interface Kinds {
  readonly Certificate: ICertificate;
  readonly Deployment: IDeployment;
  readonly DestinationRule: IDestinationRule;
  readonly EnvoyFilter: IEnvoyFilter;
  readonly ExternalSecret: IExternalSecret;
  readonly HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  readonly HTTPRoute: IHTTPRoute;
  readonly ImageValidatingPolicy: Manifest;
  readonly Ingress: IIngress;
  readonly Job: IJob;
  readonly Namespace: INamespace;
  readonly NetworkPolicy: INetworkPolicy;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
  readonly Role: IRole;
  readonly ScaledObject: IScaledObject;
  readonly Service: IService;
  readonly ValidatingAdmissionPolicyBinding: IValidatingAdmissionPolicyBinding;
  readonly VirtualService: IVirtualService;
}

/** The objects of one kind. Rules read them with care: what a person wrote may lack what the type has. */
export const ofKind = <Kind extends keyof Kinds>(all: readonly Manifest[], kind: Kind): readonly Kinds[Kind][] =>
  all.filter((one): one is Kinds[Kind] => one.kind === kind);

/** Something that runs pods. */
export interface Workload {
  readonly manifest: IDeployment | IJob;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  readonly containers: readonly IContainer[];
}

/** Deployments and Jobs, with the pods that they make. */
export const workloadsOf = (all: readonly Manifest[]): readonly Workload[] =>
  [...ofKind(all, 'Deployment'), ...ofKind(all, 'Job')].flatMap((manifest) => {
    const template = manifest.spec?.template;
    const pod = template?.spec;
    return pod
      ? [
          {
            manifest,
            labels: template.metadata?.labels ?? {},
            pod,
            containers: [...pod.containers, ...(pod.initContainers ?? [])],
          },
        ]
      : [];
  });

export const servingOf = (all: readonly Manifest[]): readonly Workload[] => workloadsOf(ofKind(all, 'Deployment'));

/** Whether pods with these labels are chosen; nothing chooses none. */
export const selects = (
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
};

export const variable = ({ env = [] }: IContainer, name: string) => env.find((one) => one.name === name);
