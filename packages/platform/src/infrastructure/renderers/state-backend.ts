import type { Names } from '../names.ts';
import type { Renderer } from '../renderer.ts';

/**
 * Where Terraform keeps an environment's state, of its cluster's add-ons and of its monitors: no variable can stand in a backend, so it is
 * rendered (E4-5, E4-7).
 */
export const stateBackend: Renderer = (places) =>
  places.flatMap(({ names }) => {
    const folder = `terraform/environments/${names.folder}`;
    return [
      { path: `${folder}/backend.tf`, content: backendOf(names, names.stateKey) },
      { path: `${folder}/addons/backend.tf`, content: backendOf(names, names.addonsStateKey) },
      { path: `${folder}/monitors/backend.tf`, content: backendOf(names, names.monitorsStateKey) },
    ];
  });

const backendOf = ({ stateBucket, region, account }: Names, key: string): string => `# Written by \`plumb render\`.
terraform {
  backend "s3" {
    bucket              = "${stateBucket}"
    key                 = "${key}"
    region              = "${region}"
    encrypt             = true
    use_lockfile        = true
    allowed_account_ids = ["${account}"]
  }
}
`;
