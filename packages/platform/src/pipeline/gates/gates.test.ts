import { environmentName, releaseId } from '@plumbline/contract/names';
import { describe, expect, test } from 'vitest';
import type { GateFacts } from './gate.ts';
import { askGates } from './index.ts';

const production = environmentName.parse('production');
const staging = environmentName.parse('staging');

const facts = (given: Partial<GateFacts> = {}): GateFacts => ({
  kind: 'deliver',
  environment: production,
  below: staging,
  forbidding: [],
  release: { id: releaseId.parse('r-000000000001'), marks: [], checks: [], verifiedIn: [staging], commit: 'c' },
  descends: 'yes',
  reason: null,
  askedBy: 'ann',
  approvals: [],
  approvalsNeeded: 0,
  rolesThatMay: ['approver', 'admin'],
  selfMayApprove: false,
  planHash: 'plan',
  ...given,
});

const answers = (given: Partial<GateFacts>) =>
  Object.fromEntries(askGates(facts(given)).map(({ gate, kind, because }) => [gate, `${kind}: ${because}`]));

const check = (state: 'passed' | 'failed') => ({ name: 'lint', state, because: '', ms: 1, output: '' });

describe('checks', () => {
  test('close for a release of which one failed that counts here', () => {
    expect(answers({ forbidding: [check('failed')] }).checks).toBe('closed: lint failed for r-000000000001');
  });

  test('keep uncommitted work out of every environment but the first', () => {
    const release = { ...facts().release, marks: ['dirty' as const] };
    expect(answers({ release }).checks).toContain('closed: r-000000000001 is made of uncommitted work');
    expect(answers({ release, below: null }).checks).toContain('open');
  });

  test('say so where a check could not run', () => {
    const release = { ...facts().release, marks: ['unaudited' as const] };
    expect(answers({ release }).checks).toContain('open: passed, but unaudited');
  });
});

describe('verified below', () => {
  test('closes for a release that skipped an environment, and names the command', () => {
    const release = { ...facts().release, verifiedIn: [] };
    expect(answers({ release })['verified below']).toContain('plumb deliver staging --release r-000000000001');
  });

  test.each([
    ['the first environment', { below: null }],
    ['a way back', { kind: 'roll-back' as const }],
  ])('is open for %s', (_, given) => {
    expect(answers({ ...given, release: { ...facts().release, verifiedIn: [] } })['verified below']).toContain('open');
  });
});

describe('descends', () => {
  test.each([
    ['yes', null, 'open'],
    ['nothing-live', null, 'open'],
    ['no', null, 'closed'],
    ['unknown', null, 'closed'],
    ['no', 'the live one is a mistake', 'open'],
  ] as const)('%s with reason %s: %s', (descends, reason, kind) => {
    expect(answers({ descends, reason }).descends).toContain(kind);
  });

  test('lets the first environment take any commit', () => {
    expect(answers({ descends: 'no', below: null }).descends).toContain('open');
  });
});

describe('approval', () => {
  const by = (name: string, more = {}) => ({ by: name, role: 'approver' as const, planHash: 'plan', ...more });

  test.each([
    ['nobody', [], 'waiting: 0 of 1'],
    ['the one who asked', [by('ann')], 'waiting: 0 of 1'],
    ['somebody else', [by('bob')], 'open: 1 of 1: bob'],
    ['somebody else, of another plan', [by('bob', { planHash: 'an older one' })], 'waiting: 0 of 1'],
    ['somebody in a role that may not here', [by('bob', { role: 'deployer' })], 'waiting: 0 of 1'],
  ])('by %s', (_, approvals, expected) => {
    expect(answers({ approvals, approvalsNeeded: 1 }).approval).toContain(expected);
  });

  test('by one person under two tokens counts once', () => {
    expect(answers({ approvals: [by('bob'), by('bob', { role: 'admin' })], approvalsNeeded: 2 }).approval).toContain(
      'waiting: 1 of 2',
    );
  });

  test('by the one who asked counts where the environment says so', () => {
    expect(answers({ approvals: [by('ann')], approvalsNeeded: 1, selfMayApprove: true }).approval).toContain('open');
  });

  test('is not needed for a way back', () => {
    expect(answers({ kind: 'roll-back', approvalsNeeded: 1 }).approval).toContain('open');
  });
});
