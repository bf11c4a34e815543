import type { MigrationStatus } from '@plumbline/contract/migration';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';

/** Production lacks a file, and has one that waits; the other environments have all. */
export const migrationsOf = (environment: EnvironmentName, release: ReleaseId): MigrationStatus => {
  const isBehind = environment === 'production';
  const file = (name: string, phase: 'expand' | 'contract', state: 'applied' | 'pending' | 'waits') => ({
    name,
    phase,
    state: isBehind ? state : ('applied' as const),
    appliedAt: isBehind && state !== 'applied' ? null : 0,
  });
  const because = 'for 9 min more somebody may have to go back to the release before';
  return {
    environment,
    release,
    files: [
      file('1_a.js', 'expand', 'applied'),
      file('2_b.js', 'expand', 'pending'),
      file('3_c.js', 'contract', 'waits'),
    ],
    range: { needs: ['1_a.js', '2_b.js'], bears: ['3_c.js'] },
    refused: null,
    notes: [],
    contractRefused: isBehind ? because : null,
    actions: [
      { action: 'migrate', allowed: true, because: null, command: `plumb migrate latest ${environment}` },
      {
        action: 'contract',
        allowed: false,
        because: isBehind ? because : 'no contract waits',
        command: `plumb migrate latest ${environment} --contract`,
      },
    ],
  };
};
