import { z } from 'zod';
import { exec } from '../../kernel/exec.ts';
import type { Excuses } from './exceptions.ts';
import type { Found } from './found.ts';

const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export interface AuditOrder {
  /** Has a package-lock.json, which is all that is looked at. */
  readonly folder: string;
  /** How the folder is called in messages. */
  readonly where: string;
  /** From which severity on a hole counts. */
  readonly level: Severity;
  readonly excuses: Excuses;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the registry which of the packages have known holes. */
export const auditOf = async ({
  folder,
  where,
  variables,
  timeoutMs,
  signal,
  ...judging
}: AuditOrder): Promise<Found> => {
  const printed: string[] = [];
  const ended = await exec('npm', ['audit', '--json', '--package-lock-only'], {
    cwd: folder,
    env: { ...variables, npm_config_fetch_retries: '1' },
    timeoutMs,
    ...(signal ? { signal } : {}),
    onLine: (line, stream) => {
      if (stream === 'stdout') printed.push(line);
    },
  });
  if (ended.stopped !== null)
    return notRun(where, ended.stopped === 'aborted' ? 'interrupted' : 'the registry did not answer in time');
  return judgeAudit(printed.join('\n'), where, judging);
};

const advisory = z.object({ title: z.string(), url: z.string(), severity: z.enum(severities) });
const report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ name: z.string(), via: z.array(z.union([z.string(), advisory])) })),
});
/** What npm prints when it got no answer, or one that is none. */
const refusal = z.object({ message: z.string(), statusCode: z.number().optional() });

/** What the audit's own words come to. */
export const judgeAudit = (
  printed: string,
  where: string,
  { level, excuses }: { readonly level: Severity; readonly excuses: Excuses },
): Found => {
  const json = parseJson(printed);
  const found = report.safeParse(json);
  if (!found.success) {
    const refused = refusal.safeParse(json);
    return notRun(where, refused.success ? withoutAddress(refused.data.message) : 'npm printed no report');
  }
  const holes = holesOf(found.data).filter(({ severity }) => severities.indexOf(severity) >= severities.indexOf(level));
  const open = holes.filter(({ id }) => excuses.reasonFor(id) === undefined);
  const excused = holes.flatMap(({ id }) => excuses.reasonFor(id) ?? []);
  if (open.length > 0)
    return {
      state: 'failed',
      because: `${where}: ${count(open.length)} of severity ${level} or above`,
      output: [...open.map(wordsOf), ...excuses.expired],
    };
  if (excused.length > 0) return { state: 'excused', because: `${where}: ${excused.join('; ')}`, output: excused };
  return { state: 'passed', because: `${where}: no known hole of severity ${level} or above`, output: [] };
};

interface Hole {
  readonly id: string;
  readonly package: string;
  readonly title: string;
  readonly severity: Severity;
}

/** Each advisory once, under the package that has it: those that only depend on it name it again. */
const holesOf = ({ vulnerabilities }: z.infer<typeof report>): readonly Hole[] => {
  const holes = new Map<string, Hole>();
  for (const { name, via } of Object.values(vulnerabilities))
    for (const one of via) {
      if (typeof one === 'string') continue;
      const id = one.url.split('/').at(-1) ?? one.url;
      holes.set(`${name} ${id}`, { id, package: name, title: one.title, severity: one.severity });
    }
  return [...holes.values()].sort(
    (a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity) || (a.id < b.id ? -1 : 1),
  );
};

const wordsOf = ({ id, package: name, title, severity }: Hole): string => `${severity} ${id} ${name}: ${title}`;
const count = (holes: number): string => (holes === 1 ? '1 known hole' : `${holes} known holes`);

const notRun = (where: string, because: string): Found => ({
  state: 'not-run',
  because: `npm audit in ${where}: ${because}`,
  output: [],
});

/** Which registry it is, is this machine's business. */
const withoutAddress = (message: string): string => message.replaceAll(/ ?-? ?(POST|GET)? ?https?:\/\/\S+/g, '').trim();

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
