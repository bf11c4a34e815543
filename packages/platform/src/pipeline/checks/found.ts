/** How one check ended in one folder, or a built-in one in all. */
export interface Found {
  readonly state: 'passed' | 'failed' | 'not-run' | 'excused';
  readonly because: string;
  readonly output: readonly string[];
}

const gravest = ['failed', 'not-run', 'excused', 'passed'] as const;

/** What several folders come to: the gravest counts, and each says its own. */
export const together = (all: readonly Found[]): Found => {
  const state = gravest.find((one) => all.some((found) => found.state === one)) ?? 'passed';
  const telling = all.filter((found) => found.state === state);
  return {
    state,
    because: [...new Set(telling.map(({ because }) => because))].join('; '),
    output: telling.flatMap(({ output }) => output),
  };
};
