import { closed, type Gate, open } from './gate.ts';

/** A release goes up only from where it has been delivered and verified. */
export const verifiedBelow: Gate = {
  name: 'verified below',
  ask: ({ kind, release, below, environment }) => {
    if (below === null) return open('verified below', `${environment} is the first of the path`);
    if (kind === 'migrate-down') return open('verified below', 'it brings no release');
    if (kind === 'roll-back') return open('verified below', `${release.id} was live in ${environment} before`);
    return release.verifiedIn.includes(below)
      ? open('verified below', `${release.id} is verified in ${below}`)
      : closed(
          'verified below',
          `${release.id} is not verified in ${below}: plumb deliver ${below} --release ${release.id}`,
        );
  },
};
