import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

// Three groups, one after the other: most files together; whole networks that mostly wait to be up or to be gone, several
// at a time; and last, one file at a time, what looks at all that the machine holds, or measures.
const waiting = [
  'test/alone/runtimes/*.test.ts',
  'test/alone/{package,mutate,k6-run,two-witnesses}.test.ts',
  'packages/toxiproxy/test/conformance/*.test.ts',
]
// The packages of this project run from their sources, as everywhere in a checkout.
const conditions = ['@saeol-chaos/source']
const alone = 'test/alone/**/*.test.ts'

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './test/account.ts'],
    // Longest waits for what must come to be, not measurements: a busy machine takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{test,packages/*/test}/**/*.test.ts'],
          exclude: [alone, ...waiting],
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'waiting',
          include: waiting,
          maxConcurrency: 2,
          maxWorkers: 4,
          testTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [alone],
          exclude: waiting,
          fileParallelism: false,
          maxConcurrency: 4,
          maxWorkers: 1,
          testTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
