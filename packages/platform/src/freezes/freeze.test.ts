import { environmentName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { type Freeze, frozenAt } from './freeze.ts';
import { timeWords } from './words.ts';

const production = environmentName.parse('production');
const at = Date.parse('2026-11-28T12:00:00Z');

const weekend: Freeze = {
  name: 'weekend',
  reason: 'nobody is at work',
  by: 'environments/production.yaml',
  zone: 'America/Los_Angeles',
  when: { kind: 'weekly', spans: [{ from: { day: 'fri', time: '16:00' }, until: { day: 'mon', time: '08:00' } }] },
};
const between = (from: string, until: string, more: Partial<Freeze> = {}): Freeze => ({
  name: 'f-1',
  reason: 'the books are closed',
  by: 'bob',
  zone: 'UTC',
  when: { kind: 'between', from: Date.parse(from), until: Date.parse(until) },
  ...more,
});

test('an environment without a freeze that holds is not frozen', () => {
  expect(frozenAt([], production, at)).toBeNull();
  expect(frozenAt([between('2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z')], production, at)).toBeNull();
});

test('what freezes it is told with its end by the clock of its zone, why and by whom', () => {
  expect(frozenAt([weekend], production, at)?.because).toBe(
    'production is frozen until mon 2026-11-30 08:00 America/Los_Angeles: nobody is at work (weekend, by environments/production.yaml)',
  );
});

test('two that hold are both told, with the moment at which neither does', () => {
  const longer = between('2026-11-28T00:00:00Z', '2026-12-01T09:30:15Z');
  const frozen = frozenAt([longer, weekend], production, at);
  expect(frozen?.because).toBe(
    'production is frozen until tue 2026-12-01 09:30:15 UTC: the books are closed (f-1, by bob); nobody is at work (weekend, by environments/production.yaml)',
  );
  expect(frozen?.freezes).toEqual([longer, weekend]);
});

test('one that begins when another ends moves the end, and is not among the reasons yet', () => {
  const next = between('2026-11-30T16:00:00Z', '2026-12-01T00:00:00Z');
  const frozen = frozenAt([weekend, next], production, at);
  expect(frozen).toMatchObject({ opensAt: Date.parse('2026-12-01T00:00:00Z'), freezes: [weekend] });
});

test('those that follow upon each other without end have none', () => {
  const week: Freeze = {
    ...weekend,
    zone: 'UTC',
    when: { kind: 'weekly', spans: [{ from: { day: 'mon', time: '08:00' }, until: { day: 'fri', time: '16:00' } }] },
  };
  const frozen = frozenAt([{ ...weekend, zone: 'UTC' }, week], production, at);
  expect(frozen).toMatchObject({ opensAt: null, because: expect.stringContaining('frozen with no end in sight') });
});

test('when it is frozen has words', () => {
  expect(timeWords(weekend.when, weekend.zone)).toBe('every fri 16:00 to mon 08:00 America/Los_Angeles');
  const once = between('2026-11-28T00:00:00Z', '2026-12-01T09:30:15Z');
  expect(timeWords(once.when, once.zone)).toBe('sat 2026-11-28 00:00 UTC to tue 2026-12-01 09:30:15 UTC');
});
