import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Workspace packages are tested from their sources; only processes that a test starts run what tsc built.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'bench/**/*.test.js'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
