import path from 'node:path';
import type { DescribedCheck, Description } from '../../environments/description.ts';
import { durationMs } from '../../environments/duration.ts';
import { hasLockFile } from '../build-command.ts';
import { buildVariables } from '../build-variables.ts';
import { auditOf } from './audit.ts';
import { checkByCommand } from './command.ts';
import { excusesOf } from './exceptions.ts';
import type { Found } from './found.ts';
import { secretsIn } from './secrets.ts';

/** The clean folder that checks run in. */
export interface Site {
  readonly folder: string;
  /** What was in it before anything was installed. */
  readonly files: readonly string[];
  readonly home: string;
  readonly description: Description;
  /** Like `2027-03-31`. */
  readonly today: string;
}

/** One check in one folder. */
export interface Unit {
  readonly check: string;
  /** Units of one place take turns: one may write what another reads. */
  readonly place: string;
  /** The folder whose dependencies it needs, with how they are fetched; null when it needs none. */
  readonly needs: { readonly directory: string; readonly install: readonly string[] | undefined } | null;
  run(signal: AbortSignal): Promise<Found>;
}

export const unitsOf = async (site: Site, name: string, check: DescribedCheck): Promise<readonly Unit[]> => {
  const { run } = check;
  if (run === undefined) return name === 'audit' ? auditUnits(site, check) : [secretsUnit(site)];
  const timeoutMs = durationMs(check.timeout);
  return (check.in ?? ['.']).map((directory) => ({
    check: name,
    place: path.posix.normalize(directory),
    needs: { directory, install: check.install },
    run: (signal) => checkByCommand({ ...commandIn(site, directory, name), run, timeoutMs, signal }, directory),
  }));
};

/** A check that needs no asking. */
export const settled = (check: string, because: string): Unit => ({
  check,
  place: check,
  needs: null,
  run: async () => ({ state: 'passed', because, output: [] }),
});

/** The folders that are said, or those of services, as far as they have a lock file. */
const auditUnits = async (site: Site, check: DescribedCheck): Promise<readonly Unit[]> => {
  const directories = check.in ?? [
    ...new Set(Object.values(site.description.services).map(({ directory }) => directory)),
  ];
  const locked: string[] = [];
  for (const one of directories) if (await hasLockFile(path.join(site.folder, one))) locked.push(one);
  if (locked.length === 0) return [settled('audit', 'no service has a package-lock.json')];
  const excuses = excusesOf(site.description.exceptions, 'audit', site.today);
  const asked = { level: check.level ?? 'high', excuses, timeoutMs: durationMs(check.timeout) } as const;
  return locked.map((where) => ({
    check: 'audit',
    place: 'audit',
    needs: null,
    run: (signal) => auditOf({ ...asked, ...commandIn(site, where, 'audit'), where, signal }),
  }));
};

const secretsUnit = ({ folder, files, description, today }: Site): Unit => ({
  check: 'secrets',
  place: 'secrets',
  needs: null,
  run: (signal) => secretsIn(folder, files, excusesOf(description.exceptions, 'secrets', today), signal),
});

export const commandIn = ({ folder }: Site, directory: string, of: string) => ({
  of,
  folder: path.join(folder, directory),
  variables: buildVariables(process.env, null),
});
