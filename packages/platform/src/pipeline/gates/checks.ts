import { closed, type Gate, open } from './gate.ts';

/** The release's checks, and what it was made of: uncommitted work goes to the first environment alone. */
export const checks: Gate = {
  name: 'checks',
  ask: ({ release, below, environment, forbidding }) => {
    const failed = forbidding.map((check) => check.name);
    if (failed.length > 0) return closed('checks', `${failed.join(', ')} failed for ${release.id}`);
    if (release.marks.includes('dirty') && below !== null)
      return closed('checks', `${release.id} is made of uncommitted work: commit it before it goes to ${environment}`);
    if (release.marks.includes('unaudited'))
      return open('checks', 'passed, but unaudited: a required check could not run on this machine');
    return open('checks', `${release.checks.length} passed`);
  },
};
