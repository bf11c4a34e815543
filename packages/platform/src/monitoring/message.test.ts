import { readFile } from 'node:fs/promises';
import { type Notice, noticeKinds } from '@plumbline/contract/notice';
import { expect, test } from 'vitest';
import { say } from './message.ts';
import { noticeOf } from './testing/notices.ts';

const said = (more: Partial<Notice>) => say({ app: 'shop', notice: noticeOf(more) });

test.each<[Notice['kind'], Partial<Notice>, string, string | null]>([
  ['awaiting-approval', {}, '⏳ Production delivery waits for an approval', 'plumb approve d-12'],
  ['held', {}, '✋ Production delivery is held, and a person has to let it go on', 'plumb proceed d-12'],
  ['started', {}, '🚀 Production delivery started', 'plumb watch d-12'],
  ['succeeded', {}, '✅ Production delivery successful', 'plumb rollback production'],
  ['failed', {}, '❌ Production delivery failed', 'plumb watch d-12'],
  ['aborted', {}, '🛑 Production delivery aborted', 'plumb watch d-12'],
  ['rollback', { deliveryKind: 'roll-back' }, '⏪ Production rollback asked for', 'plumb watch d-12'],
  ['succeeded', { deliveryKind: 'roll-back' }, '✅ Production rollback successful', 'plumb rollback production'],
  ['going-back', {}, '⏪ Production delivery goes back to what was live', 'plumb watch d-12'],
  ['stuck', {}, '🆘 Production delivery is stuck, and a person has to look', 'plumb status'],
  ['superseded', {}, '⏭️ Production delivery superseded', 'plumb deliveries production'],
  [
    'test',
    { delivery: null, deliveryKind: null, release: null, commit: null },
    '🔔 Production test: messages arrive here',
    'plumb notifications',
  ],
])('%s of %j says what happened, and what to type next', (kind, more, start, command) => {
  const { summary, command: shown } = said({ kind, ...more });
  expect(summary.startsWith(`${start}: `)).toBe(true);
  expect(shown).toBe(command);
});

test('every kind is in the documentation', async () => {
  const text = await readFile(new URL('../../../../docs/notifications.md', import.meta.url), 'utf8');
  for (const kind of noticeKinds) expect(text).toContain(`\n| \`${kind}\` | `);
});

test('one line tells release, commit and who', () => {
  expect(said({}).summary).toBe('✅ Production delivery successful: r-0123456789ab (3f2a9c1), by ann');
});

test('text is clean: no letter of it was encoded twice', () => {
  for (const kind of noticeKinds) expect(said({ kind }).summary).not.toMatch(/[âÃğ][\u0080-\u203f]/);
});

test('of a long reason the beginning and the end are told', () => {
  const because = `smoke failed ${'🚀'.repeat(5_000)} the last line`;
  const told = said({ kind: 'failed', because }).because;
  expect([...(told ?? '')].length).toBeLessThan(410);
  expect(told).not.toMatch(/\p{Surrogate}/u);
  expect(told).toMatch(/^smoke failed .* the last line$/s);
});
