/** Anything of kubernetes-models: its `validate` throws what is wrong with the object that it is called on. */
export interface Model {
  readonly prototype: { validate(): void };
}

/** Every kind that is rendered, and the schema of its version; loaded when one is met, since all are large. */
export const models: Readonly<Record<string, () => Promise<Model>>> = {
  'v1 Namespace': async () => (await import('kubernetes-models/v1/Namespace')).Namespace,
  'v1 ResourceQuota': async () => (await import('kubernetes-models/v1/ResourceQuota')).ResourceQuota,
  'v1 LimitRange': async () => (await import('kubernetes-models/v1/LimitRange')).LimitRange,
  'v1 Service': async () => (await import('kubernetes-models/v1/Service')).Service,
  'v1 ServiceAccount': async () => (await import('kubernetes-models/v1/ServiceAccount')).ServiceAccount,
  'apps/v1 Deployment': async () => (await import('kubernetes-models/apps/v1/Deployment')).Deployment,
  'batch/v1 Job': async () => (await import('kubernetes-models/batch/v1/Job')).Job,
  'policy/v1 PodDisruptionBudget': async () =>
    (await import('kubernetes-models/policy/v1/PodDisruptionBudget')).PodDisruptionBudget,
  'autoscaling/v2 HorizontalPodAutoscaler': async () =>
    (await import('kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler')).HorizontalPodAutoscaler,
  'scheduling.k8s.io/v1 PriorityClass': async () =>
    (await import('kubernetes-models/scheduling.k8s.io/v1/PriorityClass')).PriorityClass,
  'networking.k8s.io/v1 NetworkPolicy': async () =>
    (await import('kubernetes-models/networking.k8s.io/v1/NetworkPolicy')).NetworkPolicy,
  'networking.k8s.io/v1 Ingress': async () => (await import('kubernetes-models/networking.k8s.io/v1/Ingress')).Ingress,
  'rbac.authorization.k8s.io/v1 Role': async () =>
    (await import('kubernetes-models/rbac.authorization.k8s.io/v1/Role')).Role,
  'rbac.authorization.k8s.io/v1 RoleBinding': async () =>
    (await import('kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding')).RoleBinding,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': async () =>
    (await import('kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy'))
      .ValidatingAdmissionPolicy,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': async () =>
    (await import('kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding'))
      .ValidatingAdmissionPolicyBinding,
  'policies.kyverno.io/v1 ImageValidatingPolicy': async () =>
    (await import('@kubernetes-models/kyverno/policies.kyverno.io/v1/ImageValidatingPolicy')).ImageValidatingPolicy,
  'external-secrets.io/v1 ClusterSecretStore': async () =>
    (await import('@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore')).ClusterSecretStore,
  'external-secrets.io/v1 ExternalSecret': async () =>
    (await import('@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret')).ExternalSecret,
  'external-secrets.io/v1 SecretStore': async () =>
    (await import('@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore')).SecretStore,
  'cert-manager.io/v1 ClusterIssuer': async () =>
    (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer')).ClusterIssuer,
  'cert-manager.io/v1 Certificate': async () =>
    (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate')).Certificate,
  'keda.sh/v1alpha1 ScaledObject': async () =>
    (await import('@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject')).ScaledObject,
  'gateway.networking.k8s.io/v1 Gateway': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway')).Gateway,
  'gateway.networking.k8s.io/v1 HTTPRoute': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute')).HTTPRoute,
  'networking.istio.io/v1 Gateway': async () =>
    (await import('@kubernetes-models/istio/networking.istio.io/v1/Gateway')).Gateway,
  'networking.istio.io/v1 VirtualService': async () =>
    (await import('@kubernetes-models/istio/networking.istio.io/v1/VirtualService')).VirtualService,
  'networking.istio.io/v1 DestinationRule': async () =>
    (await import('@kubernetes-models/istio/networking.istio.io/v1/DestinationRule')).DestinationRule,
  'networking.istio.io/v1alpha3 EnvoyFilter': async () =>
    (await import('@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter')).EnvoyFilter,
};

/** Fields in which a schema lets anything stand, and says nothing of it: Envoy's own configuration. */
export const openFields: Readonly<Record<string, RegExp>> = {
  EnvoyFilter: /^\/spec\/configPatches\/\d+\/patch\/value$/,
};
