import type { Manifest } from '../manifest.ts';
import { broken } from './broken.ts';
import { ofKind, type Workload, workloadsOf } from './of-kind.ts';
import type { Broken, Rule } from './rule.ts';

const restricted: Rule = {
  id: 'E5-6',
  find: (all) => [...workloadsOf(all).flatMap(ofPod), ...namespaces(all), ...network(all)],
};

const ofPod = ({ manifest, pod, containers }: Workload): readonly Broken[] => [
  ...broken(manifest, pod.serviceAccountName === undefined, 'has no service account of its own'),
  ...broken(manifest, pod.automountServiceAccountToken !== false, 'gets a token for the cluster’s API'),
  ...broken(manifest, pod.securityContext?.runAsNonRoot !== true, 'may run as root'),
  ...broken(manifest, pod.securityContext?.seccompProfile?.type !== 'RuntimeDefault', 'has no seccomp profile'),
  ...containers.flatMap(({ securityContext: held, volumeMounts = [] }) => [
    ...broken(manifest, held?.allowPrivilegeEscalation !== false, 'may gain privileges'),
    ...broken(manifest, !held?.capabilities?.drop?.includes('ALL'), 'keeps capabilities'),
    ...broken(manifest, held?.readOnlyRootFilesystem !== true, 'may write into its image'),
    ...broken(manifest, !volumeMounts.some(({ mountPath }) => mountPath === '/tmp'), 'has no /tmp to write to'),
  ]),
];

const namespaces = (all: readonly Manifest[]): readonly Broken[] => {
  const enforced = ofKind(all, 'Namespace').filter(
    ({ metadata }) => metadata?.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted',
  );
  const used = new Set(workloadsOf(all).map(({ manifest }) => manifest.metadata?.namespace));
  return [...used].flatMap((name) =>
    broken(
      null,
      !enforced.some(({ metadata }) => metadata?.name === name),
      `the namespace ${name} does not enforce the restricted standard`,
    ),
  );
};

const network = (all: readonly Manifest[]): readonly Broken[] => {
  const denies = ofKind(all, 'NetworkPolicy').some(
    ({ spec }) =>
      Object.keys(spec?.podSelector ?? { any: 1 }).length === 0 &&
      spec?.policyTypes?.includes('Ingress') === true &&
      spec.policyTypes.includes('Egress') &&
      spec.ingress === undefined &&
      spec.egress === undefined,
  );
  return broken(null, !denies, 'no NetworkPolicy denies what no other allows');
};

const digest = /^[^@\s]+@sha256:[0-9a-f]{64}$/;
/** A name for an overlay's `images` to replace, which no registry can be asked for by mistake: no host, path or tag. */
const placeholder = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const byDigest: Rule = {
  id: 'E3-22',
  find: (all) =>
    workloadsOf(all).flatMap(({ manifest, containers }) =>
      containers.flatMap(({ image = '' }) =>
        broken(
          manifest,
          !digest.test(image) && !placeholder.test(image),
          `${image} means other bytes tomorrow: name it by digest`,
        ),
      ),
    ),
};

const admission: Rule = {
  id: 'E3-32',
  find: (all) => {
    const denies = ofKind(all, 'ValidatingAdmissionPolicyBinding').some(({ spec }) =>
      spec?.validationActions?.includes('Deny'),
    );
    return [
      ...broken(null, !denies, 'nothing refuses an image without digest'),
      ...broken(null, ofKind(all, 'ImageValidatingPolicy').length === 0, 'nothing refuses an image without signature'),
    ];
  },
};

/** Secrets that pods read, with who reads them. */
const read = (all: readonly Manifest[]) =>
  workloadsOf(all).flatMap(({ manifest, pod, containers }) => [
    ...containers
      .flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []))
      .map(({ name, key }) => ({ manifest, name, key })),
    ...(pod.imagePullSecrets ?? []).map(({ name }) => ({ manifest, name, key: undefined })),
  ]);

const fromTheStore: Rule = {
  id: 'E0-3',
  find: (all) =>
    read(all).flatMap(({ manifest, name, key }) => {
      const from = ofKind(all, 'ExternalSecret').find(({ spec }) => spec?.target?.name === name);
      const isThere = from && (key === undefined || from.spec?.data?.some(({ secretKey }) => secretKey === key));
      return broken(
        manifest,
        !isThere,
        `nothing makes ${[name, key].filter(Boolean).join('/')}: an ExternalSecret does`,
      );
    }),
};

const refreshed: Rule = {
  id: 'E5-18',
  find: (all) =>
    read(all).flatMap(({ manifest, name }) => {
      const from = ofKind(all, 'ExternalSecret').find(({ spec }) => spec?.target?.name === name);
      return broken(manifest, !from?.spec?.refreshInterval, `a new value never reaches ${name}`);
    }),
};

const deployer: Rule = {
  id: 'E3-20',
  find: (all) => {
    const roles = ofKind(all, 'Role');
    const delivers = roles.filter(({ rules = [] }) =>
      rules.some(({ resources = [], verbs }) => resources.includes('deployments') && verbs.includes('patch')),
    );
    const tooMuch = /^(\*|secrets|pods\/exec|roles|rolebindings)$/;
    return [
      ...broken(null, delivers.length === 0, 'who delivers has no rights in the namespace'),
      ...roles.flatMap((role) =>
        broken(
          role,
          (role.rules ?? []).some(({ resources = [], verbs }) =>
            [...resources, ...verbs].some((one) => tooMuch.test(one)),
          ),
          'has rights that delivering does not need',
        ),
      ),
    ];
  },
};

export const securityRules: readonly Rule[] = [restricted, byDigest, admission, fromTheStore, refreshed, deployer];
