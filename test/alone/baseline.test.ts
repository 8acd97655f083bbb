/** A run that holds is kept as a baseline, and the next one is told from it, or not. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { tinyScenarios } from '../harness/fixtures/command-line.ts'
import { decided } from '../second-try.ts'
import { itInTurn } from './whole-run.ts'

itInTurn(
  'a run beside the one that is kept: nothing is worse, and its own verdict counts for more',
  async ({ here, task }) => {
    const kept = join(here.dir, 'baseline.json')
    const run = ['run', '--scenarios', tinyScenarios, '--out', here.out, '--baseline', kept]
    const cut = await here.run(...run, '--update-baseline', '--arm', 'control')
    expect(cut.stdout).toMatch(/baseline not written, as the run does not hold/)
    expect(cut.code).toBe(2)
    expect(existsSync(kept)).toBe(false)

    const first = await decided({ task }, () => here.run(...run, '--update-baseline'))
    expect(first.stdout).toMatch(/baseline written: .*baseline\.json/)
    expect(first.code).toBe(0)
    const beside = await here.run('compare', kept, join(here.out, 'latest'))
    expect(beside.stdout).toMatch(/✓ nothing is worse, 0 better, of \d+ figures/)
    expect(beside.code).toBe(0)

    const control = await here.run(...run, '--arm', 'control')
    expect(control.stdout).toMatch(/✓ nothing is worse/)
    // One arm alone is never a verdict.
    expect(control.code).toBe(2)
  },
)
