import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'emulator/**/*.test.ts',
      'runs/**/*.test.ts',
      'src/**/*.test.ts',
      'web/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    globalSetup: ['test/fetched-sources.ts'],
    // They find what hangs, and nothing else: no test may fail because a machine is slow or busy. The longest takes
    // two minutes on two quiet cores; CI as a whole ends after 90. Tests have no limits of their own.
    testTimeout: 30 * 60_000,
    hookTimeout: 30 * 60_000,
    teardownTimeout: 5 * 60_000,
    maxWorkers: 2,
    pool: 'forks',
  },
})
