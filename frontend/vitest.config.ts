import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  define: { __STAMP__: JSON.stringify('test-stamp') },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.{ts,tsx}', 'server/**/*.ts'],
      // Entries run in a browser or in a process of their own, where coverage does not see them.
      exclude: ['src/main.tsx', 'server/main.ts'],
      thresholds: { lines: 80 },
    },
  },
});
