import type { StoreAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { ServiceName } from '@plumbline/contract/names';
import type { Release } from '@plumbline/contract/release';
import type { Variable } from '@plumbline/contract/service-spec';
import { readLocalSecrets } from '../environments/secrets.ts';
import type { Settings } from '../environments/settings.ts';
import type { Secret } from '../kernel/secret.ts';
import { addressOf } from './store-address.ts';

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
  /** The environment's settings: its name, and its own values for variables of the service. */
  readonly settings: Pick<Settings, 'environment' | 'variables'>;
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
  settings,
  stores,
}: ProgramPlace): Promise<Record<string, string>> => {
  const described = release.content.services.find(({ name }) => name === service);
  if (!described) throw new Failure('bug', `${release.id} has no service ${service}`);
  const { environment } = settings;
  const secrets = await readLocalSecrets(home, environment);
  const variables: Record<string, string> = {
    ...programBasics(),
    APP_VERSION: release.id,
    PLUMBLINE_RELEASE: release.id,
    APP_ENV: environment,
    PLUMBLINE_ENVIRONMENT: environment,
  };
  for (const [name, variable] of Object.entries(described.variables)) {
    const value = valueGiven(variable, release, stores, secrets);
    if (value !== undefined) variables[name] = value;
  }
  return { ...variables, ...settings.variables[service] };
};

const valueGiven = (
  variable: Variable,
  { content }: Release,
  stores: StoreAddresses,
  secrets: ReadonlyMap<string, Secret>,
): string | undefined => {
  switch (variable.from) {
    case 'value':
      return variable.value;
    case 'secret':
      return secrets.get(variable.secret)?.reveal();
    case 'store': {
      const isOptional = content.stores.find(({ name }) => name === variable.store)?.optional;
      return isOptional ? (stores[variable.store]?.url ?? undefined) : addressOf(stores, variable.store);
    }
    default:
      return variable satisfies never;
  }
};
