import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    readonly address: string;
  }
}

// Taken here, because the runner gives BASE_URL a meaning of its own in the tests.
const address = process.env.BASE_URL;
if (!address) throw new Error('BASE_URL is not set: say which Connect to test, e.g. BASE_URL=http://localhost:8080');

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    provide: { address: new URL(address).origin },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
