import { releaseId } from '@plumbline/contract/names';
import { describe, expect, test } from 'vitest';
import type { ReleaseFile } from './pending.ts';
import {
  type ContractFacts,
  filesFor,
  schemaRangeOf,
  whyNoContract,
  whyNotBackTo,
  whyNotWith,
  whyNoUndo,
} from './phases.ts';

const old = releaseId.parse('r-000000000001');
const now = releaseId.parse('r-000000000002');
const file = (name: string, phase: ReleaseFile['phase'] = null): ReleaseFile => ({ name, digest: name, phase });
const files = [file('1.js', 'expand'), file('2.js', 'backfill'), file('3.js', 'contract')];

describe('a contract', () => {
  const facts = (given: Partial<ContractFacts> = {}): ContractFacts => ({
    contracts: ['3.js'],
    present: [{ release: now, is: 'live', files: ['1.js', '2.js', '3.js'] }],
    liveSince: 0,
    goBackForMs: 60_000,
    now: 100_000,
    ...given,
  });

  test('may be applied when every release that serves knows it and nobody may have to go back', () => {
    expect(whyNoContract(facts())).toBeNull();
  });

  test.each([
    ['live', 'r-000000000001, which is live, does not know 3.js and may need what it takes away'],
    ['warm', 'r-000000000001, which is warm, does not know 3.js and may need what it takes away'],
  ] as const)('waits while a release that is %s does not know it', (is, because) => {
    const present = [...facts().present, { release: old, is, files: ['1.js'] }];
    expect(whyNoContract(facts({ present }))).toBe(because);
  });

  test('waits until the time for going back is over, and says how long', () => {
    expect(whyNoContract(facts({ now: 18_000 }))).toBe(
      'for 42 s more somebody may have to go back to the release before',
    );
    expect(whyNoContract(facts({ goBackForMs: 86_400_000 }))).toBe(
      'for 24 h more somebody may have to go back to the release before',
    );
  });

  test('hurts nobody where nothing was ever delivered', () => {
    expect(whyNoContract(facts({ present: [], liveSince: null }))).toBeNull();
  });
});

describe('the files of a delivery', () => {
  const pending = { kind: 'pending' as const, now: ['1.js', '2.js'], contracts: ['3.js'], notes: [] };

  test.each([
    ['deliver', true, ['1.js', '2.js'], ['3.js']],
    ['deliver', false, ['1.js', '2.js', '3.js'], []],
    ['migrate', true, ['1.js', '2.js'], ['3.js']],
    ['contract', true, ['3.js'], []],
  ] as const)('of kind %s with something live: %s', (kind, isLive, apply, leave) => {
    expect(filesFor(kind, files, pending, isLive)).toEqual({ apply, leave });
  });

  test('are in the order of their names where all are applied at once', () => {
    const mixed = [file('1.js'), file('2.js', 'contract'), file('3.js')];
    const all = { kind: 'pending' as const, now: ['1.js', '3.js'], contracts: ['2.js'], notes: [] };
    expect(filesFor('deliver', mixed, all, false).apply).toEqual(['1.js', '2.js', '3.js']);
  });
});

describe('a release', () => {
  test('needs what it adds and bears its own contracts', () => {
    expect(schemaRangeOf(files)).toEqual({ needs: ['1.js', '2.js'], bears: ['3.js'] });
  });

  test('E9-5: from before a contract does not go with the schema after it', () => {
    const applied = [{ name: '3.js', phase: 'contract' as const }];
    expect(whyNotWith({ release: now, files }, applied)).toBeNull();
    expect(whyNotWith({ release: old, files: files.slice(0, 2) }, applied)).toBe(
      'r-000000000001 is from before 3.js, which took away what it may need: go to a release that has this migration, or ship a new one that mends what is wrong',
    );
    expect(whyNotWith({ release: old, files: [] }, [{ name: '1.js', phase: 'expand' }])).toBeNull();
  });

  test('whose migrations were undone is not gone back to, since that applies nothing', () => {
    expect(whyNotBackTo({ release: now, files }, [{ name: '1.js', phase: 'expand' }])).toBe(
      'r-000000000002 needs 2.js, which is not applied, and going back applies nothing: deliver it instead',
    );
    const all = files.map(({ name, phase }) => ({ name, phase }));
    expect(whyNotBackTo({ release: now, files }, all)).toBeNull();
    expect(whyNotBackTo({ release: now, files }, all.slice(0, 2))).toBeNull();
  });

  test('that is live or warm keeps its migrations from being undone', () => {
    const present = [{ release: old, is: 'warm' as const, files: ['1.js'] }];
    expect(whyNoUndo('1.js', present)).toBe('r-000000000001, which is warm, has 1.js among its migrations');
    expect(whyNoUndo('2.js', present)).toBeNull();
  });
});
