/** What the process was told by its environment, read once by its entry. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly environment: string;
  readonly version: string;
  readonly release: string | undefined;
  readonly drainDelayMs: number;
  readonly drainDeadlineMs: number;
}

/** Says which variable is wrong, for the one line that a misconfigured process leaves behind. */
export class SettingsError extends Error {}

export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  return {
    port: wholeNumber(variables, 'PORT', 8080, 65_535),
    host: variables.HOST || '0.0.0.0',
    environment: variables.APP_ENV || 'development',
    version: variables.APP_VERSION || '2.0.0',
    release: releaseName(variables.PLUMBLINE_RELEASE),
    drainDelayMs: wholeNumber(variables, 'DRAIN_DELAY_MS', 0, 600_000),
    drainDeadlineMs: wholeNumber(variables, 'DRAIN_DEADLINE_MS', 20_000, 600_000),
  };
}

function wholeNumber(variables: NodeJS.ProcessEnv, name: string, usual: number, most: number): number {
  const text = variables[name];
  if (!text) return usual;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new SettingsError(`${name} is wrong: must be a whole number from 0 to ${most}`);
}

// It becomes a part of addresses.
function releaseName(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^[\w.-]{1,100}$/.test(text)) return text;
  throw new SettingsError('PLUMBLINE_RELEASE is wrong: must be letters, digits, dots and dashes');
}
