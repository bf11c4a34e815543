import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import type { Place } from '../renderer.ts';
import { appLabels } from './labels.ts';

/** The group that an EKS access entry puts the delivering workflow into (E3-20). */
export const deployerGroup = ({ description }: Place): string => `${description.app}-deployers`;

const reads = ['get', 'list', 'watch'];
const changes = ['create', 'patch', 'update'];

/** What delivering needs in the namespace, and no more: no secrets, no exec, no rights to give rights, nothing cluster-wide. */
export const deployerRights = (place: Place): readonly (IRole | IRoleBinding)[] => {
  const metadata = { name: 'deployer', namespace: place.names.namespace, labels: appLabels(place) };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['apps'], resources: ['deployments'], verbs: [...reads, ...changes] },
        { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get', 'patch', 'update'] },
        { apiGroups: ['apps'], resources: ['replicasets'], verbs: reads },
        { apiGroups: ['batch'], resources: ['jobs'], verbs: [...reads, ...changes, 'delete'] },
        { apiGroups: [''], resources: ['services'], verbs: [...reads, ...changes] },
        { apiGroups: [''], resources: ['pods', 'pods/log', 'events'], verbs: reads },
        { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: [...reads, ...changes] },
        { apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: [...reads, ...changes] },
        { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: [...reads, ...changes] },
        {
          apiGroups: ['networking.istio.io'],
          resources: ['virtualservices', 'destinationrules'],
          verbs: [...reads, ...changes],
        },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: [...reads, ...changes] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: deployerGroup(place) }],
    },
  ];
};
