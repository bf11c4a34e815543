import { Failure } from '@plumbline/contract/failure';
import { type ServiceName, serviceName } from '@plumbline/contract/names';
import { z } from 'zod';
import { suggestion } from '../environments/did-you-mean.ts';
import { duration, durationMs } from '../environments/duration.ts';
import { explain } from '../environments/explain.ts';
import { type Finding, findingText } from '../environments/finding.ts';
import { errorAtKey } from '../environments/located.ts';
import { namedEntries } from '../environments/named.ts';
import { parseYaml, type YamlFile } from '../environments/yaml-file.ts';
import type { Death, Fault, Phase, ReleaseModel, Said, Scenario } from './scenario.ts';

const perSecond = z.number().min(0).max(10_000);
const percent = z.number().min(0).max(100);
const at = duration.describe('How long after the rollout began.');
const lasts = duration.describe('For how long.');

const ways = {
  fails: percent.default(0).describe('Share of its requests that fail, in percent.'),
  slow: percent.default(0).describe('Share of its requests that take longer than a second, in percent.'),
};

const release = z.strictObject({
  ...ways,
  ready_after: duration
    .default('2s')
    .describe('How long a replica takes to get ready; up to half as long again, by chance.'),
  start: z
    .enum(['gets-ready', 'never-ready', 'crashes'])
    .default('gets-ready')
    .describe('What becomes of its replicas.'),
  later: z
    .array(
      z.strictObject({
        from_weight: percent.default(0).describe('Begins when the candidate first has this share of the visitors.'),
        after: duration.default(0).describe('And so long after that.'),
        ...ways,
      }),
    )
    .default([])
    .describe('How its requests end from some moment on; the last that has begun holds.'),
});

const fault = z.union(
  [
    z.strictObject({
      kill: z.enum(['stable', 'candidate']).describe('Whose replicas die.'),
      at,
      service: serviceName.optional().describe('Default: every service.'),
      replicas: z.int().min(1).default(1).describe('How many of each service.'),
      for_good: z.boolean().default(false).describe('Whether they never come back.'),
    }),
    z.strictObject({ counts: z.enum(['missing', 'stand-still']), at, for: lasts }),
    z.strictObject({ target: z.literal('away'), at, for: lasts }),
  ],
  { error: 'must be { kill: … }, { counts: … } or { target: away, … }' },
);

const said = z.strictObject({
  say: z.enum(['abort', 'proceed', 'supersede']).describe('What a person does.'),
  step: z.string().optional().describe('After this step began. Default: after the rollout began.'),
  after: duration.default(0).describe('So long after that.'),
});

const death = z.strictObject({
  dies: at,
  back_after: duration.default('5s').describe('When another control plane goes on.'),
  acts_late: duration
    .optional()
    .describe('An order that was on its way gets to the target so long after all. Default: never.'),
});

/** What a rehearsal supposes, as people write it. */
export const scenarioFile = z.strictObject({
  traffic: z
    .union([perSecond, z.record(serviceName, perSecond)], { error: 'must be requests a second, for all or by service' })
    .default(50)
    .describe('Requests a second: by service, or for all of them together, shared equally. Default: 50.'),
  candidate: release.prefault({}).describe('How the release that is rolled out behaves.'),
  stable: release.prefault({}).describe('How the one that is live behaves.'),
  probes: z
    .enum(['none', 'like-visitors', 'always-well'])
    .default('like-visitors')
    .describe(
      "How probes fare where visitors are too few: they meet the candidate's faults, or never do. Default: like-visitors.",
    ),
  smoke: z.enum(['passes', 'fails']).default('passes').describe('What the smoke test says of the candidate.'),
  faults: z.array(fault).default([]).describe('What breaks.'),
  people: z.array(said).default([]).describe('What people do.'),
  control_plane: z.array(death).default([]).describe('When the control plane dies.'),
  patience: duration.default('30m').describe('A person who is asked and has not come after that ends the rehearsal.'),
});
type Written = z.output<typeof scenarioFile>;

/** Reads a scenario for an app with these services. Throws `description-invalid` with every error at its line. */
export const readScenario = (file: string, text: string, services: readonly ServiceName[]): Scenario => {
  const yaml = parseYaml(file, text);
  if ('findings' in yaml) throw invalid(yaml.findings);
  const parsed = scenarioFile.safeParse(yaml.content ?? {});
  if (!parsed.success) throw invalid(explain(parsed.error, yaml, scenarioFile));
  const unknown = unknownServices(yaml, parsed.data, services);
  if (unknown.length > 0) throw invalid(unknown);
  return scenarioOf(file, parsed.data, services);
};

const invalid = (findings: readonly Finding[]): Failure =>
  new Failure('description-invalid', findings.map(findingText).join('\n'), {
    hint: 'docs/rehearsal.md shows everything that a scenario can say',
  });

const unknownServices = (yaml: YamlFile, value: Written, services: readonly ServiceName[]): readonly Finding[] => {
  const named = typeof value.traffic === 'number' ? [] : namedEntries(value.traffic).map(([service]) => service);
  const places: readonly (readonly [ServiceName, readonly (string | number)[]])[] = [
    ...named.map((service) => [service, ['traffic', service]] as const),
    ...value.faults.flatMap((one, index) =>
      'service' in one && one.service ? [[one.service, ['faults', index, 'service']] as const] : [],
    ),
  ];
  return places
    .filter(([service]) => !services.includes(service))
    .map(([service, path]) =>
      errorAtKey({ yaml, value }, path, `visitors reach no service "${service}"${suggestion(service, services)}`),
    );
};

const scenarioOf = (name: string, written: Written, services: readonly ServiceName[]): Scenario => {
  const { traffic } = written;
  const rateOf = (service: ServiceName) =>
    typeof traffic === 'number' ? traffic / services.length : (traffic[service] ?? 0);
  return {
    name,
    requestsPerSecond: Object.fromEntries(services.map((service) => [service, rateOf(service)])),
    candidate: releaseOf(written.candidate),
    stable: releaseOf(written.stable),
    probes: written.probes,
    smoke: { passes: written.smoke === 'passes', takesMs: 500 },
    faults: written.faults.map(faultOf),
    people: written.people.map(saidOf),
    deaths: written.control_plane.map(deathOf),
    patienceMs: durationMs(written.patience),
  };
};

const releaseOf = ({ fails, slow, ready_after, start, later }: Written['candidate']): ReleaseModel => ({
  start: start === 'never-ready' ? { kind: start } : { kind: start, afterMs: durationMs(ready_after) },
  phases: [{ from_weight: 0, after: 0 as const, fails, slow }, ...later].map(phaseOf),
});

const phaseOf = (written: Written['candidate']['later'][number]): Phase => ({
  fromWeightPercent: written.from_weight,
  afterMs: durationMs(written.after),
  failing: written.fails / 100,
  slow: written.slow / 100,
});

const faultOf = (written: Written['faults'][number]): Fault => {
  const atMs = durationMs(written.at);
  if ('kill' in written) {
    const { kill, service = null, replicas, for_good } = written;
    return { kind: 'replicas-die', atMs, side: kill, service, count: replicas, forGood: for_good };
  }
  const forMs = durationMs(written.for);
  if ('target' in written) return { kind: 'target-away', atMs, forMs };
  return { kind: written.counts === 'missing' ? 'counts-missing' : 'counts-stand-still', atMs, forMs };
};

const saidOf = (written: Written['people'][number]): Said => ({
  what: written.say,
  step: written.step ?? null,
  afterMs: durationMs(written.after),
});

const deathOf = ({ dies, back_after, acts_late }: Written['control_plane'][number]): Death => ({
  at: { ms: durationMs(dies) },
  backAfterMs: durationMs(back_after),
  actsLateMs: acts_late === undefined ? null : durationMs(acts_late),
});
