import type { IImageValidatingPolicy } from '@kubernetes-models/kyverno/policies.kyverno.io/v1/ImageValidatingPolicy';
import type { IMatchResources } from 'kubernetes-models/admissionregistration.k8s.io/v1/MatchResources';
import type { IValidatingAdmissionPolicy } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy';
import type { IValidatingAdmissionPolicyBinding } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding';
import { isFirst } from '../../environments/order.ts';
import type { Place } from '../renderer.ts';
import { appLabels } from './labels.ts';

type Policy = IValidatingAdmissionPolicy | IValidatingAdmissionPolicyBinding | IImageValidatingPolicy;

/**
 * Who may run. That an image is named by digest and is one of the app's own is decided by the API server itself, with
 * nothing to install that could be down. That it is signed needs the registry and the transparency log: Kyverno asks them,
 * chosen over sigstore's policy-controller because it is one engine for this and any later rule, written in the CEL that
 * the API server also speaks, and because it is what a platform team most likely runs already.
 */
export const admissionPolicies = (place: Place): readonly Policy[] => [
  digestPolicy(place),
  digestBinding(place),
  ...signaturePolicies(place),
];

const digestPolicyName = ({ description, names }: Place): string => `${description.app}-${names.environment}-images`;

/** Pods, whoever makes them; and containers that are put into them later, for debugging. */
const pods: IMatchResources = {
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['pods', 'pods/ephemeralcontainers'],
    },
  ],
};

const namespaceOnly = ({ names }: Place) => ({ matchLabels: { 'kubernetes.io/metadata.name': names.namespace } });

const ofKind = (name: string): string => `(has(object.spec.${name}) ? object.spec.${name} : [])`;

const digestPolicy = (place: Place): IValidatingAdmissionPolicy => {
  const images = Object.values<string>(place.names.images).map((image) => `'${image}@sha256:'`);
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: digestPolicyName(place), labels: appLabels(place) },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: pods,
      variables: [
        { name: 'running', expression: `object.spec.containers + ${ofKind('initContainers')}` },
        { name: 'all', expression: `variables.running + ${ofKind('ephemeralContainers')}` },
      ],
      validations: [
        {
          expression: "variables.all.all(c, c.image.matches('^[^@]+@sha256:[0-9a-f]{64}$'))",
          message: 'images are named by digest (registry/repository@sha256:…): a tag may mean other bytes tomorrow',
          reason: 'Forbidden',
        },
        {
          expression: `variables.running.all(c, [${images.join(', ')}].exists(i, c.image.startsWith(i)))`,
          message: `only images of ${place.description.app} run here`,
          reason: 'Forbidden',
        },
      ],
    },
  };
};

const digestBinding = (place: Place): IValidatingAdmissionPolicyBinding => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: digestPolicyName(place), labels: appLabels(place) },
  spec: {
    policyName: digestPolicyName(place),
    validationActions: ['Deny', 'Audit'],
    matchResources: { namespaceSelector: namespaceOnly(place) },
  },
});

/** The branch whose releases climb the path; others go to the first environment alone (1.3). */
const climbingBranch = 'main';

/** A workflow of the app's repository, on a branch that may deliver here. Nothing where no repository is described: nobody is known who would sign. */
const signaturePolicies = (place: Place): readonly IImageValidatingPolicy[] => {
  const { repository, path } = place.description;
  if (repository === undefined) return [];
  return [
    {
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ImageValidatingPolicy',
      metadata: { name: `${place.description.app}-${place.names.environment}-signatures`, labels: appLabels(place) },
      spec: {
        failurePolicy: 'Fail',
        validationActions: ['Deny', 'Audit'],
        webhookConfiguration: { timeoutSeconds: 15 },
        matchConstraints: { ...pods, namespaceSelector: namespaceOnly(place) },
        matchImageReferences: Object.values<string>(place.names.images).map((image) => ({ glob: `${image}@*` })),
        credentials: { providers: [place.infrastructure.registry === 'ghcr' ? 'github' : 'amazon'] },
        validationConfigurations: { required: true, verifyDigest: true, mutateDigest: false },
        attestors: [signer(repository, isFirst(path, place.names.environment))],
        validations: [
          {
            expression:
              '(images.containers + images.initContainers).all(image, verifyImageSignatures(image, [attestors.build]) > 0)',
            message: `the image is not signed by a workflow of ${repository}`,
          },
        ],
      },
    },
  ];
};

const signer = (repository: string, isFirstOfPath: boolean) => {
  const workflows = `https://github.com/${repository}/.github/workflows/`.replaceAll('.', '\\.');
  const branch = isFirstOfPath ? '[^@]+' : climbingBranch;
  const identity = {
    issuer: 'https://token.actions.githubusercontent.com',
    subjectRegExp: `^${workflows}[^@/]+@refs/heads/${branch}$`,
  };
  return {
    name: 'build',
    cosign: { keyless: { identities: [identity] }, ctlog: { url: 'https://rekor.sigstore.dev' } },
  };
};
