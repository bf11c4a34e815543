import { type Gate, type GateFacts, open, waiting } from './gate.ts';

/** Enough people other than the one who asked have approved this very plan, and not too long ago. */
export const approval: Gate = {
  name: 'approval',
  ask: (facts) => {
    const { kind, approvalsNeeded, askedBy, selfMayApprove } = facts;
    if (kind === 'roll-back') return open('approval', 'going back needs none');
    if (approvalsNeeded === 0) return open('approval', 'none needed here');
    const given = approvalsThatMay(facts);
    const counted = names(given.filter((one) => !hasExpired(facts, one)));
    const expired = names(given.filter((one) => hasExpired(facts, one)));
    const got = `${counted.length} of ${approvalsNeeded}`;
    if (counted.length >= approvalsNeeded) return open('approval', `${got}: ${counted.join(', ')}`);
    const old = expired.length > 0 ? `; the approval of ${expired.join(', ')} has expired` : '';
    const self = selfMayApprove ? '' : ' and cannot approve it';
    return waiting('approval', `${got} approvals${old}; ${askedBy} asked for it${self}`);
  },
};

type Given = GateFacts['approvals'][number];

const approvalsThatMay = (facts: GateFacts): readonly Given[] =>
  facts.approvals
    .filter((one) => one.planHash === facts.planHash && facts.rolesThatMay.includes(one.role))
    .filter((one) => facts.selfMayApprove || one.by !== facts.askedBy);

const hasExpired = ({ now, approvalExpiresMs }: GateFacts, { at }: Given): boolean => now - at > approvalExpiresMs;

const names = (given: readonly Given[]): readonly string[] => [...new Set(given.map(({ by }) => by))];
