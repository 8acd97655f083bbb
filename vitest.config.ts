import { defineConfig } from 'vitest/config'

// Three groups, one after the other: most files together; whole networks that mostly wait to be up or to be gone, and ask
// again where the host was too busy for a verdict, two by two; and last, each by itself, what needs the machine to itself
// or looks at all that it holds.
const twoByTwo = ['test/alone/runtimes/*.test.ts', 'test/alone/package.test.ts']
// The packages of this project run from their sources, as everywhere in a checkout.
const conditions = ['@saeol-chaos/source']
const alone = 'test/alone/**/*.test.ts'

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './test/account.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{test,packages/*/test}/**/*.test.ts'],
          exclude: [alone],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'two by two',
          include: twoByTwo,
          maxWorkers: 2,
          testTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [alone],
          exclude: twoByTwo,
          fileParallelism: false,
          maxConcurrency: 3,
          maxWorkers: 1,
          testTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
