import { closed, type Gate, open } from './gate.ts';

/** A release that leaves out commits which are live would take them away from users unasked: that needs a reason. */
export const descends: Gate = {
  name: 'descends',
  ask: ({ kind, below, descends: answer, reason, environment }) => {
    if (below === null) return open('descends', `${environment} takes any commit`);
    if (kind === 'migrate-down') return open('descends', 'it brings no release');
    if (kind === 'roll-back') return open('descends', 'going back leaves out commits on purpose');
    if (answer === 'yes' || answer === 'nothing-live') return open('descends', 'leaves out nothing that is live');
    if (reason !== null)
      return open('descends', `leaves out commits that are live in ${environment}, because: ${reason}`);
    return answer === 'no'
      ? closed('descends', `leaves out commits that are live in ${environment}: give --reason to do it all the same`)
      : closed('descends', `cannot tell whether it leaves out commits that are live in ${environment}: give --reason`);
  },
};
