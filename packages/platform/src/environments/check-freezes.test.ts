import { describe, expect, test } from 'vitest';
import { environment, errors } from '../testing/edited-description.ts';

describe('a freeze', () => {
  const weekend = {
    name: 'weekend',
    every: 'week',
    from: 'fri 16:00',
    until: 'mon 08:00',
    zone: 'UTC',
    reason: 'rest',
  };
  const written = (changed: Readonly<Record<string, unknown>>) => {
    const pairs = Object.entries({ ...weekend, ...changed }).filter(([, value]) => value !== undefined);
    return `{ ${pairs.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')} }`;
  };
  const frozen = (...freezes: readonly string[]) =>
    environment('staging', 'backup_retention: 14 days', `freezes:\n  - ${freezes.join('\n  - ')}`);
  /** Finding a freeze wrong names its line; the column depends on what stands before. */
  const found = async (changed: Readonly<Record<string, unknown>>) =>
    (await errors(frozen(written(changed)))).map((text) => text.replace(/^environments\/staging.yaml:14:\d+ /, ''));

  test.each([
    ['every week', {}],
    ['every day, past midnight', { every: 'day', from: '18:00', until: '08:00' }],
    ['on some days', { every: ['sat', 'sun'], from: '00:00', until: '23:59' }],
    ['once', { every: undefined, from: '2026-12-19 18:00', until: '2027-01-04 08:00', zone: 'Europe/Berlin' }],
  ])('%s is right', async (_, changed) => {
    expect(await found(changed)).toEqual([]);
  });

  test.each([
    [
      { zone: 'America/Los_Angelos' },
      'there is no time zone "America/Los_Angelos": did you mean "America/Los_Angeles"?',
    ],
    [{ zone: '+02:00' }, 'there is no time zone "+02:00"; a zone is a place, like America/Los_Angeles, or UTC'],
    [{ from: 'fry 16:00' }, 'there is no day "fry": did you mean "fri"?'],
    [{ until: '08:00' }, '"until" must be a day and a time, like fri 16:00, with "every: week", not "08:00"'],
    [{ every: 'day' }, '"from" must be a time from 00:00 to 23:59, like 18:00, with "every", not "fri 16:00"'],
    [
      { every: 'weekly' },
      expect.stringMatching(/^"every" must be week, day, or days like \[sat, sun\] .*, not "weekly"$/),
    ],
    [{ every: ['sat', 'sum'] }, expect.stringMatching(/^"every\[1\]" must be mon, .* or sun, not "sum"$/)],
    [{ every: undefined }, '"from" must be a date and a time, like 2026-12-19 18:00, without "every", not "fri 16:00"'],
    [
      { every: undefined, from: '2026-02-30 18:00', until: '2026-03-01 08:00' },
      '"from" must be a date and a time, like 2026-12-19 18:00, without "every", not "2026-02-30 18:00"',
    ],
    [
      { every: undefined, from: '2027-01-04 08:00', until: '2026-12-19 18:00' },
      'it ends before it begins: 2026-12-19 18:00 is not after 2027-01-04 08:00',
    ],
    [{ until: 'fri 16:00' }, 'it would never open: it ends at fri 16:00, when it begins again'],
    [{ from: 'fri 24:00' }, '"from" must be a day and a time, like fri 16:00, with "every: week", not "fri 24:00"'],
    [{ reasn: 'rest' }, 'unknown key "reasn": did you mean "reason"?'],
    [{ reason: undefined }, '"reason" is missing. Why, for whoever is kept waiting.'],
  ])('with %j is told what is wrong', async (changed, message) => {
    expect(await found(changed)).toContainEqual(message);
  });

  test('is told at its own place, on one machine too', async () => {
    const files = environment(
      'staging',
      'backup_retention: 14 days',
      `local:\n  freezes:\n    - ${written({})}\n    - ${written({})}`,
    );
    expect(await errors(files)).toEqual(['environments/staging.yaml:16:15 the freeze "weekend" is there twice']);
  });
});
