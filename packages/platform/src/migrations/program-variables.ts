import type { StoreAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName, ServiceName } from '@plumbline/contract/names';
import type { Release } from '@plumbline/contract/release';
import { readLocalSecrets } from '../environments/secrets.ts';

/** What any program needs to run, and nothing else of ours. */
export const programBasics = (): Record<string, string> => {
  const variables: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ']) {
    const value = process.env[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
};

export interface ProgramPlace {
  readonly home: string;
  readonly release: Release;
  readonly service: ServiceName;
  /** Null where it is not known yet: secrets are then left out. */
  readonly environment: EnvironmentName | null;
  readonly stores: StoreAddresses;
}

/**
 * The variables of a service, for a program of its artefact that runs once. A secret that is yet to be generated is left
 * out: the agent generates it when the service first starts.
 */
export const programVariables = async ({
  home,
  release,
  service,
  environment,
  stores,
}: ProgramPlace): Promise<Record<string, string>> => {
  const described = release.content.services.find(({ name }) => name === service);
  if (!described) throw new Failure('bug', `${release.id} has no service ${service}`);
  const secrets = environment === null ? new Map() : await readLocalSecrets(home, environment);
  const variables: Record<string, string> = {
    ...programBasics(),
    APP_VERSION: release.id,
    PLUMBLINE_RELEASE: release.id,
  };
  if (environment !== null) Object.assign(variables, { APP_ENV: environment, PLUMBLINE_ENVIRONMENT: environment });
  for (const [name, variable] of Object.entries(described.variables)) {
    const value =
      variable.from === 'value'
        ? variable.value
        : variable.from === 'store'
          ? stores[variable.store]?.url
          : secrets.get(variable.secret)?.reveal();
    if (value !== undefined && value !== null) variables[name] = value;
  }
  return variables;
};
