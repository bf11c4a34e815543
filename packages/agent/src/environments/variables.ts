import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Variable } from '@plumbline/contract/service-spec';
import type { Secrets } from '../home/secrets.ts';
import type { Stores } from '../stores/stores.ts';
import type { Group } from './desired.ts';

export interface VariableSources {
  readonly environment: EnvironmentName;
  readonly secrets: Secrets;
  readonly stores: Stores;
  /** Of the agent itself: a few of its variables are what any program needs to run. */
  readonly own: Readonly<Record<string, string | undefined>>;
}

export interface ReplicaAddress {
  readonly replica: string;
  readonly port: number;
  /** Marks the process as this agent's, so that one that was never written down is found again. */
  readonly mark: string;
}

/** The variable that carries `<hash of the home>/<environment>/<replica>`. */
export const markVariable = 'PLUMBLINE_REPLICA';

const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];

/** All variables of a replica's process: what its service declares, and nothing else of the agent's but what is listed here. */
export const variablesOf = async (
  group: Group,
  address: ReplicaAddress,
  sources: VariableSources,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> => {
  const variables: Record<string, string> = {};
  for (const name of inherited) {
    const value = sources.own[name];
    if (value !== undefined) variables[name] = value;
  }
  variables.APP_VERSION = group.release;
  variables.APP_ENV = sources.environment;
  for (const [name, variable] of Object.entries(group.spec.variables)) {
    const value = await resolved(variable, sources, signal);
    // A store that is off has no address: the program sees no variable, as on a machine without it.
    if (value === null) delete variables[name];
    else variables[name] = value;
  }
  return {
    ...variables,
    PORT: String(address.port),
    PLUMBLINE_ENVIRONMENT: sources.environment,
    PLUMBLINE_SERVICE: group.service,
    PLUMBLINE_RELEASE: group.release,
    [markVariable]: address.mark,
  };
};

const resolved = async (variable: Variable, sources: VariableSources, signal: AbortSignal): Promise<string | null> => {
  switch (variable.from) {
    case 'value':
      return variable.value;
    case 'store':
      return (await sources.stores.address(variable.store, signal)).url;
    case 'secret':
      return secretOf(variable, sources);
    default:
      throw new Error(`unknown kind of variable: ${variable satisfies never}`);
  }
};

const secretOf = async (
  { secret, generateBytes }: Extract<Variable, { from: 'secret' }>,
  { environment, secrets }: VariableSources,
): Promise<string> => {
  if (generateBytes !== undefined) return secrets.valueOrGenerated(environment, secret, generateBytes);
  const value = await secrets.value(environment, secret);
  if (value !== null) return value;
  throw new Failure('not-found', `the secret ${secret} is not set: run plumb secret set ${environment} ${secret}`);
};
