import type { Place, RenderedFile, Renderer } from '../renderer.ts';
import { migrationFiles, standingFiles } from './files.ts';
import { folderOf, kustomizationOf } from './kustomization.ts';
import { yamlOf } from './manifest.ts';

/** `k8s/<environment>/`: manifests of each environment, as kustomize takes them. */
export const kubernetes: Renderer = (places) => places.flatMap(ofPlace);

const ofPlace = (place: Place): readonly RenderedFile[] => {
  const folder = folderOf(place);
  const standing = standingFiles(place);
  const migration = migrationFiles(place);
  return [
    ...standing.map(({ name, objects }) => file(place, `${folder}/${name}`, objects)),
    file(place, `${folder}/kustomization.yaml`, [kustomizationOf(standing.map(({ name }) => name))]),
    ...migration.flatMap(({ name, objects }) => [
      file(place, `${folder}/${name}`, objects),
      file(place, `${folder}/migration/kustomization.yaml`, [kustomizationOf(['job.yaml'])]),
    ]),
  ];
};

const file = ({ names }: Place, path: string, objects: readonly object[]): RenderedFile => ({
  path,
  content: yamlOf(headerOf(names.environment), objects),
});

const headerOf = (environment: string): string =>
  `Rendered by \`plumb render\` from plumbline.yaml and environments/${environment}.yaml: change those, not this.`;
