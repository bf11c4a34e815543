import { relative, resolve } from 'node:path';
import { refusing } from '@plumbline/contract/migration-check';
import { environmentName } from '@plumbline/contract/names';
import { defineCommand, exitCodes, Misuse } from '../command.ts';
import { findingsText } from '../show/migration-findings.ts';

export const migrateCheck = defineCommand({
  meta: {
    name: 'migrate check',
    description:
      'Run pending migrations in a shadow database, and say what they would do to the release that runs. Without ENV no control plane is needed: what is new since main is checked',
    example: 'plumb migrate check --base origin/main --json',
  },
  args: {
    environment: {
      type: 'positional',
      required: false,
      valueHint: 'ENV',
      description: 'Whose schema and table sizes. Default: a schema built from the files that are not new',
    },
    from: { type: 'string', description: 'Folder of the migrations. Default: the compiled ones', valueHint: 'DIR' },
    since: { type: 'string', description: 'The first file that is new', valueHint: 'FILE' },
    base: { type: 'string', description: 'A commit that has the files which are not new', valueHint: 'REF' },
  },
  async run({ args, client, terminal, place, surroundings, signal }) {
    const { filesIn, loadDescription } = await import('@plumbline/platform/environments/read');
    const { checkCheckout } = await import('@plumbline/platform/migrations/check-checkout');
    const { description } = await loadDescription(filesIn(place.directory));
    const environment = args.environment === undefined ? null : environmentName.safeParse(args.environment);
    if (environment?.success === false) throw new Misuse(`"${args.environment}" is no name of an environment`);
    const database = environment && (await client.call('database', { environment: environment.data }, { signal }));
    const { folder, ...check } = await checkCheckout({
      directory: place.directory,
      description,
      from: args.from === undefined ? null : resolve(surroundings.cwd, args.from),
      databaseUrl: database?.url ?? null,
      since: args.since ?? null,
      base: args.base ?? null,
      signal,
    });
    if (args.json) terminal.json(check);
    else terminal.print(findingsText(check, relative(surroundings.cwd, folder), terminal.colour));
    return refusing(check).length === 0 ? exitCodes.done : exitCodes.failed;
  },
});
