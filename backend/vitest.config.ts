import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/database-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Entries run in processes of their own in the tests, where coverage does not see them.
      exclude: ['src/main.ts', 'src/migrate.ts', 'src/seed.ts', 'src/instrument.ts', 'src/**/*.d.ts'],
      thresholds: { lines: 80 },
    },
  },
});
