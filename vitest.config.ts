import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['emulator/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 300_000, // compilers on a slow and busy machine
    hookTimeout: 300_000,
    maxWorkers: 2,
    pool: 'forks',
  },
})
