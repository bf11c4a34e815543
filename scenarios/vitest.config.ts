import { defineConfig, mergeConfig } from 'vitest/config';
import everything from '../vitest.config.ts';

// One at a time: a scenario measures how fast things come back, and has the machine to itself.
export default mergeConfig(
  defineConfig({ ...everything, test: { ...everything.test, include: [] } }),
  defineConfig({ test: { include: ['scenarios/**/*.test.ts'], root: '.', fileParallelism: false } }),
);
