import { type Gate, open, waiting } from './gate.ts';

/** Enough people other than the one who asked have approved this very plan. */
export const approval: Gate = {
  name: 'approval',
  ask: ({ kind, approvals, approvalsNeeded, askedBy, selfMayApprove, rolesThatMay, planHash }) => {
    if (kind === 'roll-back') return open('approval', 'going back needs none');
    if (approvalsNeeded === 0) return open('approval', 'none needed here');
    const counted = new Set(
      approvals
        .filter((one) => one.planHash === planHash && rolesThatMay.includes(one.role))
        .filter((one) => selfMayApprove || one.by !== askedBy)
        .map((one) => one.by),
    );
    const got = `${counted.size} of ${approvalsNeeded}`;
    return counted.size >= approvalsNeeded
      ? open('approval', `${got}: ${[...counted].join(', ')}`)
      : waiting(
          'approval',
          `${got} approvals; ${askedBy} asked for it${selfMayApprove ? '' : ' and cannot approve it'}`,
        );
  },
};
