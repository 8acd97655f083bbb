import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import type {} from './second-try.ts'

/**
 * Vitest's own last lines say how many tests were skipped; this says which and why, and which needed a second try.
 * A test that is skipped without `skipped` and a reason in its name fails the run.
 */
export default class Account implements Reporter {
  /** Tests that `-t` leaves out are no skips. */
  #filtered = false

  onInit(vitest: Vitest): void {
    this.#filtered = vitest.config.testNamePattern !== undefined
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const tries = tests.flatMap((test) =>
      (test.meta().secondTries ?? []).map((reason) => `${nameOf(test)}: ${reason}`),
    )
    if (tries.length > 0) say(`${tries.length} second tries`, tries)
    if (this.#filtered) return
    const skipped = tests
      .filter(({ options }) => options.mode === 'skip' || options.mode === 'todo')
      .map(nameOf)
    if (skipped.length > 0) say(`${skipped.length} skipped`, skipped)
    const silent = skipped.filter((name) => !/skipped\b.* \S/.test(name))
    if (silent.length === 0) return
    say(`${silent.length} skipped without a reason in the name, which fails this run`, silent)
    process.exitCode = 1
  }
}

function nameOf({ module, fullName }: TestCase): string {
  return `${module.relativeModuleId} > ${fullName}`
}

function say(title: string, lines: readonly string[]): void {
  process.stdout.write(`\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`)
}
