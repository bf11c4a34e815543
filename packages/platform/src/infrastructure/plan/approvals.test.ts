import { expect, test } from 'vitest';
import { type Approval, judge, parseApprovals } from './approvals.ts';
import type { Risk } from './plan-risk.ts';

const address = 'module.environment.module.rds[0].aws_db_instance.main';
const risk = (more: Partial<Risk> = {}): Risk => ({
  address,
  type: 'aws_db_instance',
  kind: 'destroys',
  isGrave: true,
  because: 'a database is on it',
  ...more,
});
const approval = (more: Partial<Approval> = {}): Approval => ({
  environment: 'staging',
  address,
  allows: 'destroys',
  owner: 'dba',
  reason: 'moved to another instance on 3 May, restored and compared',
  expires: '2026-06-01',
  ...more,
});
const there = { environment: 'staging', today: '2026-05-20' } as const;

test('destruction of data is refused without an approval', () => {
  expect(judge([risk()], [], there)).toMatchObject({ isRefused: true, answers: [{ verdict: 'refused' }] });
});

test('an approval of this environment, address and kind lets it through, and says who answers for it', () => {
  const { isRefused, answers } = judge([risk()], [approval()], there);
  expect(isRefused).toBe(false);
  expect(answers[0]).toMatchObject({
    verdict: 'approved',
    because: expect.stringContaining('dba answers for it until 2026-06-01'),
  });
});

test.each<[string, Partial<Approval>]>([
  ['another environment', { environment: 'production' }],
  ['another address', { address: 'aws_db_instance.other' }],
  ['another kind', { allows: 'opens' }],
  ['a day that is past', { expires: '2026-05-19' }],
])('an approval for %s lets nothing through', (_, more) => {
  expect(judge([risk()], [approval(more)], there).isRefused).toBe(true);
});

test('an approval holds on its last day', () => {
  expect(judge([risk()], [approval({ expires: '2026-05-20' })], there).isRefused).toBe(false);
});

test('that an approval expired is said', () => {
  const { answers } = judge([risk()], [approval({ expires: '2026-05-19' })], there);
  expect(answers[0]?.because).toContain('the approval of dba expired on 2026-05-19');
});

test('what holds no data is noted and refuses nothing', () => {
  expect(judge([risk({ isGrave: false })], [], there)).toMatchObject({
    isRefused: false,
    answers: [{ verdict: 'noted' }],
  });
});

test('an approval that nothing needs is named, and one of another environment is not', () => {
  const { unused } = judge([], [approval(), approval({ environment: 'production' })], there);
  expect(unused).toEqual([approval()]);
});

test('without an environment no approval counts', () => {
  expect(judge([risk()], [approval()], { environment: undefined, today: there.today }).isRefused).toBe(true);
});

const text = (more = '') => `approvals:
  - environment: staging
    address: ${address}
    allows: destroys
    owner: dba
    reason: moved to another instance on 3 May, restored and compared
    expires: 2026-06-01${more}
`;

test('the file is read', () => {
  expect(parseApprovals(text())).toEqual([approval()]);
});

test.each(['', 'approvals:\n', 'approvals: []\n'])('a file that says %j approves nothing', (nothing) => {
  expect(parseApprovals(nothing)).toEqual([]);
});

test.each([
  ['a reason that is none', text().replace(/reason: .*/, 'reason: ok'), 'terraform/approvals.yaml:6:13'],
  ['a day that is none', text().replace('2026-06-01', '2026-06-31'), 'terraform/approvals.yaml:7:14'],
  ['a word too many', text('\n    by: me'), 'approvals.yaml:2:5'],
  ['an allowance nobody knows', text().replace('allows: destroys', 'allows: all'), 'approvals.0.allows'],
  ['no YAML', 'approvals: [', 'terraform/approvals.yaml:1:'],
])('%s is refused at its place', (_, broken, where) => {
  expect(() => parseApprovals(broken)).toThrow(where);
});
