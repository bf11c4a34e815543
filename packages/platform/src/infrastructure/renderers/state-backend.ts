import type { Place, Renderer } from '../renderer.ts';

/** Where Terraform keeps an environment's state: no variable can stand in a backend, so it is rendered (E4-5, E4-7). */
export const stateBackend: Renderer = (places) =>
  places.map((place) => ({
    path: `terraform/environments/${place.names.folder}/backend.tf`,
    content: backendOf(place),
  }));

const backendOf = ({
  names: { stateBucket, stateKey, region, account },
}: Place): string => `# Written by \`plumb render\`.
terraform {
  backend "s3" {
    bucket              = "${stateBucket}"
    key                 = "${stateKey}"
    region              = "${region}"
    encrypt             = true
    use_lockfile        = true
    allowed_account_ids = ["${account}"]
  }
}
`;
