import { loadDescription } from '../environments/read.ts';
import { unpackArtefact } from './artefact.ts';
import { runChecks } from './checks.ts';
import type { ClimbDeps } from './climb.ts';
import type { ClimbRow } from './climb-table.ts';
import { buildRelease } from './release.ts';
import { filesOfSnapshot, takeSnapshot } from './source-snapshot.ts';
import { verify } from './verify.ts';

export interface WorkshopOptions {
  readonly home: string;
  readonly directory: string;
}

/** Where releases are made on this machine: checked, built, unpacked, and verified with their own sources. */
export const workshopOf = ({
  home,
  directory,
}: WorkshopOptions): Pick<ClimbDeps, 'check' | 'build' | 'unpack' | 'verify'> => {
  const look = async ({ id, commit, dirty }: ClimbRow, signal: AbortSignal) => {
    const snapshot = await takeSnapshot({ folder: directory, home, commit: commit ?? 'HEAD', dirty, key: id, signal });
    const { description } = await loadDescription(filesOfSnapshot(snapshot, signal));
    return { snapshot, description, home };
  };
  return {
    check: async (climb, tell, signal) => {
      const seen = await look(climb, signal);
      return runChecks({ ...seen, policy: 'local', onProgress: (text) => void tell(text), signal });
    },
    build: async (climb, checks, tell, signal) => {
      const seen = await look(climb, signal);
      const { stamp, dirty, commit, branch, subject, askedBy } = climb;
      const made = await buildRelease({ ...seen, stamp, dirty, checks, onProgress: (text) => void tell(text), signal });
      const { built: _, marks, ...release } = made;
      return {
        ...release,
        marks: [...marks],
        checks: [...checks],
        commit,
        branch,
        subject,
        builtAt: Date.now(),
        builtBy: askedBy,
      };
    },
    unpack: async (release, signal) => {
      const services = release.content.services.map(
        async ({ name, artefact }) => [name, await unpackArtefact(home, artefact, signal)] as const,
      );
      return Object.fromEntries(await Promise.all(services));
    },
    verify: (release, settings, baseUrl, tell, signal) =>
      verify({ home, directory, release, settings, baseUrl, tell, signal }),
  };
};
