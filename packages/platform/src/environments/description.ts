import { appName, environmentName, serviceName, storeName } from '@plumbline/contract/names';
import { z } from 'zod';
import { describedNotifier } from '../monitoring/notifiers/index.ts';
import { duration } from './duration.ts';
import { command, inside, service, store } from './service.ts';

const migrations = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z
        .literal('knex')
        .describe('Files for knex, which Plumbline runs itself, one at a time, and whose safety it judges.'),
      service: serviceName.describe('The service whose artefact has them.'),
      directory: inside.describe('Folder of the compiled files in the artefact, like `dist/migrations`.'),
      store: storeName.optional().describe('Which database. Default: the only postgres store that the service needs.'),
    }),
    z.strictObject({
      kind: z.literal('command').describe("A program of the app's own; nothing is known of its safety."),
      service: serviceName.describe('The service whose artefact has it.'),
      run: command.describe(
        "Run in the artefact before each rollout, with the service's variables. It does nothing when nothing is to be done.",
      ),
    }),
  ],
  { error: 'must be knex or command' },
);

const check = z.strictObject({
  run: command
    .optional()
    .describe(
      'The command. Exit code 0: passed; 77: it could not run here; anything else: failed. The built-in checks have none.',
    ),
  in: z
    .array(inside)
    .min(1)
    .optional()
    .describe("Folders to run it in, one after the other, each after `install`. Default: the app's folder."),
  install: command
    .optional()
    .describe(
      'Fetches the dependencies, once for all checks of a folder. Default: `[npm, ci]` where the folder has a package-lock.json.',
    ),
  above: environmentName
    .optional()
    .describe(
      'A failure keeps the release from the environments above this one alone. Default: from every environment; `audit` and `secrets`: from those above the first.',
    ),
  required: z
    .boolean()
    .default(true)
    .describe('Whether a failure keeps the release from anything; if not, it is shown.'),
  timeout: duration.default('10m').describe('How long it may take in each of its folders, installing not counted.'),
  level: z
    .enum(['low', 'moderate', 'high', 'critical'])
    .optional()
    .describe('Of `audit` alone: the severity from which a finding fails it. Default: high.'),
});
export type DescribedCheck = z.output<typeof check>;

const exception = z.strictObject({
  check: z.enum(['audit', 'secrets']).default('audit').describe('The built-in check that it excuses a finding of.'),
  id: z.string().min(1).describe("The finding's id, as the check prints it."),
  owner: z.string().min(1).describe('Who answers for it.'),
  until: z.iso.date('must be a day, like 2027-03-31').describe('The last day on which it counts.'),
  reason: z.string().min(1).describe('Why it does no harm.'),
});
export type Exception = z.output<typeof exception>;

const step = {
  headers: z
    .record(z.string(), z.string())
    .optional()
    .describe('Headers to send. `{{name}}` stands for what an earlier step captured, `{{secret:name}}` for a secret.'),
  body: z.unknown().optional().describe('JSON to send; the same placeholders work in it.'),
  expect: z.int().min(100).max(599).default(200).describe('The status that must come.'),
  contains: z.string().optional().describe("Text that the answer's body must have in it."),
  capture: z
    .record(z.string(), z.string())
    .optional()
    .describe('Name to keep, and the dotted path in the JSON answer where it is found.'),
};
const stepPath = z.string().regex(/^\/\S*$/, 'must be a path that starts with /');

/** Exactly one of the methods must be there; `check.ts` says so, with better words than a union would. */
const smokeStep = z.strictObject({
  get: stepPath.optional().describe('Path to GET.'),
  post: stepPath.optional().describe('Path to POST to.'),
  put: stepPath.optional().describe('Path to PUT to.'),
  patch: stepPath.optional().describe('Path to PATCH.'),
  delete: stepPath.optional().describe('Path to DELETE.'),
  ...step,
});
export type DescribedSmokeStep = z.output<typeof smokeStep>;

const seed = z.strictObject({
  service: serviceName.describe('The service whose artefact has the program, and whose variables it gets.'),
  run: command.describe('Writes the seed data; the same rows however often it runs.'),
  log_ins: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('With what to log in.'),
        password: z.string().min(1).describe('Known to everybody, which is why seed data never goes to production.'),
        what: z.string().optional().describe('Who that is.'),
      }),
    )
    .default([])
    .describe('Log-ins that `npm start` prints.'),
});

/** plumbline.yaml: the app, described once. */
export const description = z.strictObject({
  app: appName.describe('Name of the app.'),
  domain: z
    .hostname('must be a host name, like connect2.blueprint.com')
    .optional()
    .describe('Where production is reached; other environments default to `<environment>.<domain>`.'),
  repository: z
    .string()
    .regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, 'must be an owner and a name, like blueprint/connect2')
    .optional()
    .describe('Where its sources are at GitHub: workflows of this repository alone may deliver. Default: none may.'),
  path: z
    .array(environmentName)
    .min(1, 'must name at least one environment')
    .describe('The order of environments that a release climbs. Its last one is what users see.'),
  services: z
    .record(serviceName, service)
    .refine((all) => Object.keys(all).length > 0, 'must have at least one service')
    .describe('What runs: programs that listen on `$PORT`.'),
  stores: z.record(storeName, store).default({}).describe('Where data lies: services name them in `needs`.'),
  migrations: migrations
    .optional()
    .describe('How the database is brought to the state that the release needs. Default: not at all.'),
  seed: seed.optional().describe('Data to try the app with. Default: none.'),
  checks: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'is not the name of a check: lower-case letters, digits and dashes'),
      check,
    )
    .default({})
    .describe(
      'What a checkout must pass before it is built. `audit` (known holes in npm packages) and `secrets` (secrets in files) are always among them; name them here to set them otherwise.',
    ),
  exceptions: z.array(exception).default([]).describe('Findings of a built-in check that are known and excused.'),
  smoke: z
    .array(smokeStep)
    .default([])
    .describe('HTTP steps, in order, that a release must answer as expected, before it gets visitors and after.'),
  notify: z.array(describedNotifier).default([]).describe('Who is told what happens to deliveries. Default: nobody.'),
});
export type Description = z.output<typeof description>;
