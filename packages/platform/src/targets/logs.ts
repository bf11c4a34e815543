import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Platform } from '@plumbline/contract/platform';
import { isNamed } from '../environments/named.ts';
import type { World } from '../world.ts';

/** What replicas print. An environment or a service that is not described is said to be unknown: silence would look like one that is quiet. */
export const logsOf = ({ target, described }: Pick<World, 'target' | 'described'>): Platform['logs'] =>
  async function* ({ environment, service, replica, tail, follow }, signal) {
    const known = await described().catch(unlessInvalid);
    if (known) knownEnvironment(known.environments, environment);
    if (known && service !== undefined) knownService(known.description.services, service);
    yield* target.logs(environment, { service, replica, tail, follow }, signal);
  };

/** While plumbline.yaml is being edited, whoever looks for a cause still gets to see what is printed. */
const unlessInvalid = (error: unknown): undefined => {
  if (!(error instanceof Failure) || error.code !== 'description-invalid') throw error;
};

/** Throws `not-found` for an environment that is not among them. */
export const knownEnvironment = (
  environments: readonly { readonly environment: EnvironmentName }[],
  name: EnvironmentName,
): void => {
  if (environments.some(({ environment }) => environment === name)) return;
  throw new Failure('not-found', `there is no environment ${name}`, {
    hint: `there are ${environments.map(({ environment }) => environment).join(', ')}`,
  });
};

const knownService = (services: Readonly<Record<string, unknown>>, name: string): void => {
  if (isNamed(services, name)) return;
  throw new Failure('not-found', `there is no service ${name}`, {
    hint: `there are ${Object.keys(services).join(', ')}`,
  });
};
