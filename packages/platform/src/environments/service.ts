import { serviceName, storeName } from '@plumbline/contract/names';
import { z } from 'zod';
import { duration } from './duration.ts';

/** A program and its arguments: run as they are, never by a shell. */
export const command = z.array(z.string().min(1)).min(1, 'must name a program');

/** A folder or file inside the app, written from the app's folder (or the service's). */
export const inside = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith('/') && !path.split('/').includes('..'),
    'must stay inside the folder: no leading / and no ..',
  );

export const httpPath = z.string().regex(/^\/[^\s?#]*$/, 'must be a path that starts with /, like /api/readyz');

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of a variable: letters, digits and _ alone, like LOG_LEVEL');

export const secretReference = z
  .string()
  .regex(/^secret:\/\/[a-z][a-z0-9-]{0,60}$/, 'must be a reference like secret://jwt, never the secret itself');

const secret = z.union(
  [
    secretReference,
    z.strictObject({
      ref: secretReference.describe('Which secret of the environment, like `secret://jwt`.'),
      generate: z
        .int()
        .min(16)
        .max(256)
        .optional()
        .describe(
          'Bytes of randomness to make the secret of, where it is not set yet. Without it a missing secret is an error.',
        ),
    }),
  ],
  { error: 'must be a reference like secret://jwt, or { ref: secret://jwt, generate: 32 }' },
);

export const plainValue = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a text, a number or true or false',
});

export const service = z.strictObject({
  alias: serviceName.optional().describe("Another name for it, as an environment's `resources` may call it."),
  directory: inside.default('.').describe('Folder of its sources, which is all that its build sees.'),
  install: command
    .optional()
    .describe(
      'Fetches its dependencies. Default: `[npm, ci]` where the directory has a package-lock.json, else nothing.',
    ),
  build: command
    .optional()
    .describe('Makes what runs out of the sources. Default: nothing, the sources are what runs.'),
  build_within: duration.default('10m').describe('How long installing and building may take together.'),
  prune: command
    .optional()
    .describe(
      'Takes out what the build alone needed. Default: `[npm, prune, --omit=dev, --offline, --ignore-scripts]` where the directory has a package-lock.json and node_modules go into the artefact.',
    ),
  include: z
    .array(inside)
    .min(1)
    .optional()
    .describe(
      'What of the directory goes into the artefact after the build. Default: all of it but .git and node_modules/.cache. With a package-lock.json, development dependencies are taken out of node_modules first.',
    ),
  start: command.describe(
    'Program and arguments, run in the artefact. It listens on the port that the variable PORT gives.',
  ),
  route: httpPath
    .optional()
    .describe(
      'Prefix of the paths that come to it; the longest prefix wins. Without one it is a worker, which runs in the stable slot alone.',
    ),
  health: httpPath
    .optional()
    .describe(
      'Readiness: a path that answers 2xx when requests may come. A worker may have none: it is then ready while it lives.',
    ),
  liveness: httpPath
    .optional()
    .describe('Liveness: a path that answers 2xx while the process is not stuck. Default: only its exit counts.'),
  version: z
    .strictObject({
      path: httpPath.describe('A path that answers JSON.'),
      field: z.string().min(1).describe('The field in it that holds the release.'),
    })
    .optional()
    .describe(
      'Where the running service tells its release, so that the smoke test sees that it is the right one. Default: nobody asks.',
    ),
  assets: httpPath
    .optional()
    .describe(
      'Prefix of its hashed assets: `<assets>/<release>/…` goes to the slot that holds that release, until the bake is over.',
    ),
  needs: z.array(storeName).default([]).describe('Stores that it is given the address of.'),
  secrets: z.record(variableName, secret).default({}).describe('Variables that hold a secret of the environment.'),
  variables: z
    .record(variableName, plainValue)
    .default({})
    .describe(
      'Variables with the same value everywhere, unless an environment says otherwise. It gets no others but PORT and what Plumbline tells it.',
    ),
  start_within: duration.default('30s').describe('How long a replica may take until it is ready for the first time.'),
  drain_within: duration.default('30s').describe('How long the requests in its hands may take after the last new one.'),
});
export type Service = z.output<typeof service>;

export const store = z.strictObject({
  kind: z.enum(['postgres', 'redis', 'bucket']).describe('What it is.'),
  version: z
    .union([z.string(), z.number()], { error: 'must be a version, like 15' })
    .optional()
    .describe('Major version. Default: the one that the target has.'),
  optional: z.boolean().default(false).describe('Whether the app does without it where it is not to be had.'),
  as: variableName
    .optional()
    .describe(
      'Variable in which services that need it get its address. Default: its name in capitals and _URL, like DATABASE_URL.',
    ),
  pool_as: variableName
    .optional()
    .describe(
      "Of postgres: variable in which services that need it get the environment's `infrastructure.database.pool`. Default: none; their pools must be as large as that says.",
    ),
  beside_pool: z
    .int()
    .min(0)
    .max(20)
    .optional()
    .describe('Of postgres: connections that a replica holds beside its pool, to listen for instance. Default: 0.'),
});
export type Store = z.output<typeof store>;
