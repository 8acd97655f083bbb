/** Whole runs with the driver k6: whatever becomes of one, nothing is left. */
import { expect } from 'vitest'
import { k6Driver } from '../../harness/load/k6/driver.ts'
import { oneByOne, type Place, type Started, tinyScenarios } from '../harness/fixtures/command-line.ts'
import { describeWith } from '../needs.ts'
import { it, nothingIsLeft, until } from './whole-run.ts'

const missing = await k6Driver.missing!()

describeWith('a run with k6', { missing, promisedBy: 'CI_REQUIRE_K6' }, () => {
  const run = (here: Place): Started =>
    here.start('run', ...oneByOne, '--scenarios', tinyScenarios, '--driver', 'k6', '--out', here.out)

  it('that loses its k6 ends with exit 5 and says so; nothing is left', async ({ here }) => {
    const started = run(here)
    await until(started, /injected/)
    const seen = here.registers()
    const k6 = seen[0]!.processes.filter(({ id }) => id === 'adopted')
    expect(k6).toHaveLength(1)
    process.kill(k6[0]!.pid, 'SIGKILL')
    const { code, stdout, stderr } = await started.ended
    expect(stdout + stderr).toMatch(/k6 ended by itself \(SIGKILL\)/)
    expect(stdout + stderr).toMatch(/load\.log/)
    expect(code).toBe(5)
    await nothingIsLeft(here, seen)
  })

  it.for(['SIGINT', 'SIGKILL'] as const)('that gets %s leaves no k6', async (signal, { here }) => {
    const started = run(here)
    await until(started, /injected/)
    const seen = here.registers()
    expect(seen[0]!.processes.some(({ id }) => id === 'adopted')).toBe(true)
    started.child.kill(signal)
    const { code } = await started.ended
    if (signal === 'SIGINT') expect(code).toBe(130)
    await nothingIsLeft(here, seen)
  })
})
