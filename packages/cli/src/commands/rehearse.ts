import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { environmentName } from '@plumbline/contract/names';
import type { Rehearsal } from '@plumbline/platform/rehearsal/rehearse';
import { wholeNumber } from '../arguments.ts';
import { type Context, defineCommand, exitCodes, Misuse } from '../command.ts';
import { outcomesTable, timelineOf } from '../show/rehearsal.ts';

const args = {
  environment: {
    type: 'positional',
    required: false,
    valueHint: 'ENV',
    description: "Whose strategy and settings. Default: the path's last",
  },
  scenario: { type: 'string', description: 'What to suppose. Default: a standard set', valueHint: 'FILE' },
  runs: { type: 'string', description: 'How often; 1 shows how it goes, step by step', valueHint: 'N', default: '100' },
  seed: { type: 'string', description: 'The same seed gives the same runs', valueHint: 'N', default: '1' },
} as const;

export const rehearse = defineCommand({
  meta: {
    name: 'rehearse',
    description: 'Run the rollout of a delivery in virtual time, against supposed traffic, behaviour and faults',
    example: 'plumb rehearse production --scenario half-bad.yaml --runs 1',
  },
  args,
  async run(context) {
    const { terminal, signal } = context;
    const runs = wholeNumber('runs', context.args.runs);
    const seed = wholeNumber('seed', context.args.seed, 0);
    const rehearsals = await rehearsalsFor(context);
    try {
      if (runs === 1) return await showEach(context, rehearsals, seed);
      return await showOutcomes(context, rehearsals, { runs, seed });
    } catch (error) {
      if (!signal.aborted) throw error;
      terminal.say('stopped: nothing was moved, it was a rehearsal');
      return exitCodes.failed;
    }
  },
});

type Rehearsing = Context<typeof args>;

const rehearsalsFor = async ({ args: asked, place, surroundings }: Rehearsing): Promise<readonly Rehearsal[]> => {
  const { filesIn, loadDescription } = await import('@plumbline/platform/environments/read');
  const { rehearsalOf, withSomebodyThere } = await import('@plumbline/platform/rehearsal/of-environment');
  const { readScenario } = await import('@plumbline/platform/rehearsal/scenario-file');
  const { standardScenarios } = await import('@plumbline/platform/rehearsal/standard');
  const described = await loadDescription(filesIn(place.directory));
  const name = environmentName.safeParse(asked.environment ?? described.description.path.at(-1));
  if (!name.success) throw new Misuse(`"${asked.environment}" is no name of an environment`);
  const rollout = rehearsalOf(described, name.data);
  const { routed } = rollout.order;
  if (routed.length === 0) throw new Failure('bad-input', 'visitors reach no service of this app: nothing to rehearse');
  if (asked.scenario === undefined)
    return standardScenarios(routed).map((scenario) => withSomebodyThere({ ...rollout, scenario }));
  const text = await readText(resolve(surroundings.cwd, asked.scenario), asked.scenario);
  return [{ ...rollout, scenario: readScenario(basename(asked.scenario), text, routed) }];
};

const readText = async (path: string, file: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Failure('not-found', `${file} cannot be read`, { cause: error, hint: 'give --scenario a YAML file' });
  }
};

const showEach = async (
  { args: { json }, terminal, signal }: Rehearsing,
  rehearsals: readonly Rehearsal[],
  seed: number,
): Promise<number> => {
  const { rehearse: rehearseOnce } = await import('@plumbline/platform/rehearsal/rehearse');
  const all = [];
  for (const one of rehearsals) {
    signal.throwIfAborted();
    const rehearsed = await rehearseOnce(one, { seed, withTimeline: true });
    all.push({ scenario: one.scenario.name, ...rehearsed });
    if (!json) terminal.print(`${terminal.colour.bold(one.scenario.name)}\n${timelineOf(rehearsed)}\n`);
  }
  if (json) terminal.json(all);
  return end(all, terminal);
};

const showOutcomes = async (
  { args: { json }, terminal, signal }: Rehearsing,
  rehearsals: readonly Rehearsal[],
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Promise<number> => {
  const { rehearseMany } = await import('@plumbline/platform/rehearsal/many');
  const all = [];
  for (const one of rehearsals) {
    const tell = progressOf(terminal, one.scenario.name, runs);
    all.push(await rehearseMany(one, { runs, seed, signal, tell }));
  }
  if (json) terminal.json(all);
  else terminal.print(outcomesTable(all));
  return end(all, terminal);
};

const sayEveryMs = 2_000;

/** Says how far a long rehearsal is, to people. */
const progressOf = (terminal: Rehearsing['terminal'], name: string, runs: number): ((done: number) => void) => {
  let saidAt = performance.now();
  return (done) => {
    if (!terminal.isInteractive || performance.now() - saidAt < sayEveryMs) return;
    saidAt = performance.now();
    terminal.say(terminal.colour.dim(`${name}: ${done} of ${runs}`));
  };
};

/** Whatever the scenarios, what may never be is a bug. */
const end = (all: readonly { readonly broken: readonly string[] }[], terminal: Rehearsing['terminal']): number => {
  const broken = all.flatMap((one) => one.broken);
  for (const what of broken) terminal.say(terminal.colour.red(`must never be: ${what}`));
  return broken.length === 0 ? exitCodes.done : exitCodes.failed;
};
