/** The action for GitHub: its step is run as a runner runs it, by bash, with the variables that it sets. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { sharePortLeases, tinyScenarios } from '../harness/fixtures/command-line.ts'

const root = resolve(import.meta.dirname, '../..')

interface Step {
  readonly id?: string
  readonly run?: string
  readonly uses?: string
  readonly env?: Readonly<Record<string, string>>
}

const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'saeol-test-'))
  sharePortLeases(dir)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Runs the step `run` with these inputs; others have their defaults. */
async function stepWith(inputs: Readonly<Record<string, string>>) {
  const step = action.runs.steps.find(({ id }) => id === 'run')!
  const value = (expression: string): string => {
    const [, name] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)!
    return inputs[name!] ?? action.inputs[name!]!.default
  }
  const env = Object.fromEntries(Object.entries(step.env!).map(([name, given]) => [name, value(given)]))
  const files = { GITHUB_OUTPUT: join(dir, 'output'), GITHUB_STEP_SUMMARY: join(dir, 'summary') }
  // As `shell: bash` is on GitHub.
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run!], {
    cwd: root,
    env: { ...process.env, ...env, ...files, TMPDIR: dir, GITHUB_ACTIONS: 'true', CI: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return {
    code,
    stdout,
    output: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
    summary: files.GITHUB_STEP_SUMMARY,
  }
}

it('ends with the exit code of the run, annotates the scenario, and writes the summary of the job', async () => {
  const command = `${process.execPath} bin/saeol-chaos.js`
  const options = `--scenarios ${tinyScenarios} --out ${join(dir, 'out')} --arm untreated`
  const { code, stdout, output, summary } = await stepWith({ command, scenarios: 'tiny-stall', options })
  // One arm alone is never a verdict.
  expect(code).toBe(2)
  expect(output).toBe('exit-code=2\n')
  expect(stdout).toMatch(
    /^::warning file=test\/harness\/fixtures\/scenarios\/index\.ts,line=\d+,title=tiny-stall inconclusive::/m,
  )
  expect(readFileSync(summary, 'utf8')).toMatch(/^## \? inconclusive\n/)
})

it('ends with 4 for what is typed wrong, and starts nothing', async () => {
  const command = `${process.execPath} bin/saeol-chaos.js`
  const { code, output, summary } = await stepWith({ command, options: '--no-such-option' })
  expect(code).toBe(4)
  expect(output).toBe('exit-code=4\n')
  expect(existsSync(summary)).toBe(false)
})

it('asks for no input that it does not declare, and declares none that it does not ask for', () => {
  const asked = [...JSON.stringify(action.runs).matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name!)
  expect([...new Set(asked)].sort()).toEqual(Object.keys(action.inputs).sort())
  expect(action.runs.using).toBe('composite')
})
