import type { Difference } from '@plumbline/platform/infrastructure/compare';
import { type Context, defineCommand, exitCodes } from '../command.ts';

const args = {
  environment: { type: 'string', valueHint: 'ENV', description: "One environment's files alone. Default: everything" },
  check: {
    type: 'boolean',
    default: false,
    description: 'Write nothing; show what differs, and fail if anything does',
  },
} as const;

export const render = defineCommand({
  meta: {
    name: 'render',
    description:
      'Write all files for the cloud that follow from the description: Terraform values, manifests, monitors',
    example: 'plumb render --check',
  },
  args,
  async run(context) {
    const { terminal, place, args: asked } = context;
    const { compare } = await import('@plumbline/platform/infrastructure/compare');
    const { write } = await import('@plumbline/platform/infrastructure/write');
    const rendered = await renderedFor(context);
    const differences = await compare(place.directory, rendered, asked.environment === undefined);
    if (!asked.check) await write(place.directory, differences);
    if (asked.json) terminal.json(differences.map(({ path, kind }) => ({ path, kind })));
    else await show(context, differences, rendered.length);
    return asked.check && differences.length > 0 ? exitCodes.failed : exitCodes.done;
  },
});

type Rendering = Context<typeof args>;

const renderedFor = async ({ args: asked, terminal, place }: Rendering) => {
  const { filesIn, loadDescription } = await import('@plumbline/platform/environments/read');
  const { findingText } = await import('@plumbline/platform/environments/finding');
  const { checkCloud } = await import('@plumbline/platform/infrastructure/check-cloud');
  const { isOf, renderAll } = await import('@plumbline/platform/infrastructure/render');
  const { placeNamed, placesOf } = await import('@plumbline/platform/infrastructure/places');
  const { vendoredFor } = await import('@plumbline/platform/infrastructure/vendored');
  const described = await loadDescription(filesIn(place.directory), checkCloud);
  for (const warning of described.warnings) terminal.say(terminal.colour.yellow(findingText(warning)));
  const places = placesOf(described);
  const files = renderAll(places, await vendoredFor(place.directory, places));
  if (asked.environment === undefined) return files;
  const one = placeNamed(places, asked.environment);
  return files.filter((file) => isOf(file, one));
};

const words = { new: 'new', changed: 'changed', gone: 'not rendered any more' } as const;

const show = async ({ args: asked, terminal }: Rendering, differences: readonly Difference[], all: number) => {
  const { green, red } = terminal.colour;
  const { createTwoFilesPatch } = await import('diff');
  for (const { path, kind, before, after } of differences) {
    if (asked.check)
      terminal.print(createTwoFilesPatch(path, path, before, after, 'in the folder', 'rendered').trimEnd());
    else terminal.print(`${path}: ${words[kind]}`);
  }
  if (differences.length === 0) terminal.print(green(`${all} files are as the description says`));
  else if (asked.check)
    terminal.print(red(`${differences.length} of ${all} files are not as the description says: run plumb render`));
  else terminal.print(green(`${all} files rendered, ${differences.length} of them otherwise than before`));
};
