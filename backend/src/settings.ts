import { z } from 'zod';

const port = z.coerce.number('must be a port number').int().min(0).max(65_535);
const milliseconds = z.coerce.number().int().min(0).max(600_000);

const secret = z.string().min(32, 'must have at least 32 characters');

const variables = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  DB_POOL_MAX: z.coerce.number().int().min(1).max(200).default(10),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }).optional(),
  JWT_SECRET: secret,
  SMOKE_PASSWORD: secret.optional(),
  DOCUMENTS_URL: z.string().min(1).default('.data/documents'),
  APP_ENV: z.string().min(1).default('development'),
  APP_VERSION: z.string().min(1).default('2.0.0'),
  PLUMBLINE_RELEASE: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  DD_AGENT_HOST: z.string().min(1).optional(),
  DD_DOGSTATSD_PORT: port.default(8125),
  DRAIN_DELAY_MS: milliseconds.default(0),
  DRAIN_DEADLINE_MS: milliseconds.default(20_000),
});

/** What the process was told by its environment, read once by its entry. */
export type Settings = z.infer<typeof variables>;

/** Says which variable is wrong, for the one line that a misconfigured process leaves behind. */
export class SettingsError extends Error {}

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const parsed = variables.safeParse(withoutEmpty(environment));
  if (parsed.success) return parsed.data;
  throw new SettingsError(parsed.error.issues.map((issue) => describe(issue, environment)).join('; '));
}

/** The one setting that migrating and seeding need. */
export function readDatabaseUrl(environment: NodeJS.ProcessEnv): string {
  const parsed = variables.pick({ DATABASE_URL: true }).safeParse(withoutEmpty(environment));
  if (parsed.success) return parsed.data.DATABASE_URL;
  throw new SettingsError(parsed.error.issues.map((issue) => describe(issue, environment)).join('; '));
}

// A variable set to nothing (`REDIS_URL=`) is how shells and YAML say "not set".
function withoutEmpty(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

// The value itself is never printed: it may be a secret.
function describe(issue: z.core.$ZodIssue, environment: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0]);
  return environment[name] ? `${name} is wrong: ${issue.message}` : `${name} is not set`;
}
