/** The settings of a project: what counts for more, and what is wrong with them. Nothing of this starts a network. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Place, place, tinyScenarios } from './fixtures/command-line.ts'

const root = resolve(import.meta.dirname, '../..')

let project: Place
let here: Place
beforeEach(() => {
  project = place()
  // As one that has it installed.
  mkdirSync(join(project.dir, 'node_modules'))
  symlinkSync(root, join(project.dir, 'node_modules', 'saeol-chaos'))
  here = inProject({})
})
afterEach(() => project[Symbol.dispose]())

function inProject(environment: Record<string, string>): Place {
  return place(environment, project.dir)
}

function settings(config: unknown, file = 'saeol-chaos.config.ts'): void {
  writeFileSync(join(project.dir, file), `export default ${JSON.stringify(config)}\n`)
}

async function printed(where: Place, ...args: string[]) {
  const { code, stdout, stderr } = await where.run('run', '--print-config', ...args)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Record<string, { value: unknown; from: string }>
}

describe('an option is', () => {
  it('what is typed, else what the environment says, else what the file says, else the default', async () => {
    settings({ seed: 'file', out: 'kept', keepRuns: 7, parallel: 3, reporters: ['console', 'junit=a.xml'] })
    const env = inProject({ SAEOL_CHAOS_SEED: 'environment', SAEOL_CHAOS_PARALLEL: '2' })
    const options = await printed(env, '--parallel', '1')
    expect(options).toMatchObject({
      parallel: { value: 1, from: 'typed' },
      seed: { value: 'environment', from: 'environment' },
      out: { value: 'kept', from: 'saeol-chaos.config.ts' },
      keepRuns: { value: 7, from: 'saeol-chaos.config.ts' },
      reporter: { value: ['console', 'junit=a.xml'], from: 'saeol-chaos.config.ts' },
      driver: { value: 'builtin', from: 'default' },
    })
    env[Symbol.dispose]()
  })

  it('the default where there is no file', async () => {
    expect(await printed(here)).toMatchObject({
      seed: { value: '2023-11-17', from: 'default' },
      out: { value: '.chaos', from: 'default' },
    })
  })

  it('taken by every command that has it, and by no other', async () => {
    settings({ scenarios: tinyScenarios, gate: ['tiny-stall'], out: 'kept' }, 'saeol-chaos.config.mjs')
    const planned = await here.run('plan', '--json')
    expect(JSON.parse(planned.stdout)).toMatchObject([{ scenario: 'tiny-stall' }])
    expect((await here.run('runs')).stdout).toBe('there are no runs in kept\n')
    // Of k6, --out is the script.
    const script = await here.run('k6', 'tiny-stall')
    expect(script.code).toBe(0)
    expect(script.stdout).toContain('export')
  })
})

describe('a file that cannot be used ends with 4, and tells', () => {
  it('all that is wrong with it', async () => {
    settings({ sed: 'x', runtime: 'cloud', keepRuns: 0, reporters: [] })
    const { code, stderr } = await here.run('plan')
    expect(stderr).toMatch(/4 problems/)
    expect(stderr).toMatch(/saeol-chaos\.config\.ts: unknown setting 'sed': did you mean 'seed'\?/)
    expect(stderr).toMatch(/runtime: .*processes/)
    expect(stderr).toMatch(/keepRuns: .*1/)
    expect(stderr).toMatch(/reporters: /)
    expect(code).toBe(4)
  })

  it('nothing to a command that has no such option', async () => {
    writeFileSync(join(project.dir, 'saeol-chaos.config.ts'), 'export default {')
    expect((await here.run('clean')).code).toBe(0)
  })

  it('a gate of scenarios that there are not', async () => {
    settings({ scenarios: tinyScenarios, gate: ['tiny-stal'] })
    const { code, stderr } = await here.run('plan')
    expect(stderr).toMatch(/unknown scenario 'tiny-stal': did you mean 'tiny-stall'\?/)
    expect(code).toBe(4)
  })

  it.each([
    ['where it cannot be parsed', 'export default {', /cannot load saeol-chaos\.config\.ts: /],
    ['where it throws', "throw new Error('no luck')", /cannot load saeol-chaos\.config\.ts: no luck/],
    ['where it exports nothing', 'export const config = {}', /saeol-chaos\.config\.ts: its default export: /],
  ])('%s', async (_, text, words) => {
    writeFileSync(join(project.dir, 'saeol-chaos.config.ts'), text)
    const { code, stderr } = await here.run('list')
    expect(stderr).toMatch(words)
    expect(code).toBe(4)
  })
})
