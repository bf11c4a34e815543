import type { Place } from '../renderer.ts';

interface Kustomization {
  readonly apiVersion: 'kustomize.config.k8s.io/v1beta1';
  readonly kind: 'Kustomization';
  readonly resources: readonly string[];
}

export const kustomizationOf = (resources: readonly string[]): Kustomization => ({
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  resources: [...resources],
});

/** Of an environment's committed manifests, from the app's folder. */
export const folderOf = ({ names }: Pick<Place, 'names'>): string => `k8s/${names.environment}`;
