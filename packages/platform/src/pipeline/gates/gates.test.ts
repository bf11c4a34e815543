import { environmentName, releaseId } from '@plumbline/contract/names';
import { describe, expect, test } from 'vitest';
import { approvalsNeededFor } from '../gate-facts.ts';
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
  approvalExpiresMs: 1_000,
  now: 5_000,
  frozen: null,
  emergency: false,
  migrations: null,
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
  const by = (name: string, more = {}) => ({
    by: name,
    role: 'approver' as const,
    at: 4_500,
    planHash: 'plan',
    ...more,
  });

  test.each([
    ['nobody', [], 'waiting: 0 of 1'],
    ['the one who asked', [by('ann')], 'waiting: 0 of 1'],
    ['somebody else', [by('bob')], 'open: 1 of 1: bob'],
    ['somebody else, of another plan', [by('bob', { planHash: 'an older one' })], 'waiting: 0 of 1'],
    ['somebody too long ago', [by('bob', { at: 3_999 })], 'waiting: 0 of 1 approvals; the approval of bob has expired'],
    ['somebody just in time', [by('bob', { at: 4_000 })], 'open: 1 of 1: bob'],
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

describe('freeze', () => {
  const frozen = { because: 'production is frozen until Monday', opensAt: 1, freezes: [] };

  test.each([
    ['is open while nothing is frozen', {}, 'open: production is not frozen'],
    ['waits, and does not fail, while something is', { frozen }, 'waiting: production is frozen until Monday'],
    [
      'is open to a way back',
      { frozen, kind: 'roll-back' as const },
      'open: going back is always allowed, although production is frozen until Monday',
    ],
    [
      'is passed by an emergency, which says why',
      { frozen, emergency: true, reason: 'orders are lost' },
      'open: ann passes it as an emergency, because: orders are lost, although production is frozen until Monday',
    ],
  ])('%s', (_, given, expected) => {
    expect(answers(given).freeze).toBe(expected);
  });

  test('does not keep anybody from approving meanwhile', () => {
    expect(answers({ frozen, approvalsNeeded: 1 })).toMatchObject({
      approval: expect.stringContaining('waiting'),
      freeze: expect.stringContaining('waiting'),
    });
  });
});

describe('the approvals that a delivery needs', () => {
  const settings = (count: number) => ({
    approvals: { count, roles: ['approver' as const], self: false, expiresMs: 1_000 },
  });

  test.each([
    ['deliver', false, 0, 0],
    ['deliver', false, 2, 2],
    ['deliver', true, 0, 1],
    ['deliver', true, 2, 2],
    ['roll-back', false, 2, 0],
  ] as const)('to %s, emergency %s, where %i are usual: %i', (kind, emergency, count, expected) => {
    expect(approvalsNeededFor({ kind, emergency }, settings(count))).toBe(expected);
  });
});

describe('migration safety', () => {
  const finding = {
    id: 'column-dropped',
    severity: 'error' as const,
    file: '3.js',
    line: 4,
    message: 'the old release uses users.name, which is gone',
    fix: '',
    accepted: null,
  };
  const checked = (given: Partial<typeof finding> | { accepted: string }) => ({
    migrations: { files: ['3.js'], findings: [{ ...finding, ...given }], sizesKnown: true, gaps: [] },
  });

  test('closes for an error that the file does not accept, and names its place', () => {
    expect(answers(checked({}))['migration safety']).toBe(
      'closed: 3.js:4 column-dropped: the old release uses users.name, which is gone',
    );
  });

  test('opens in the first environment, where it can be looked at', () => {
    expect(answers({ ...checked({}), below: null })['migration safety']).toMatch(
      /^open: production goes on, and the next will refuse: 3\.js:4/,
    );
  });

  test('opens for what is accepted, and says why it is', () => {
    expect(answers(checked({ accepted: 'nobody reads names' }))['migration safety']).toBe(
      'open: 1 tried in a shadow; accepted: column-dropped in 3.js, since nobody reads names',
    );
  });
});
