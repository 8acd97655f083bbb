import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'

/** What a harness that dies as soon as it has asked for a scratch directory leaves below its temporary directory. */
async function leftBy(death: string): Promise<string[]> {
  const tmp = mkdtempSync(join(tmpdir(), 'scratch-'))
  onTestFinished(() => rmSync(tmp, { recursive: true, force: true }))
  const state = join(tmp, `saeol-chaos-${userInfo().uid}`)
  const supervision = import.meta.resolve('../../../harness/runtimes/host/supervision.ts')
  const script = `
    import { readdirSync } from 'node:fs'
    import { superviseHere } from ${JSON.stringify(supervision)}
    const state = ${JSON.stringify(state)}
    const isThere = () => readdirSync(state).some((name) => name.startsWith('topology-'))
    const supervisor = superviseHere()
    ${death}`
  await new Promise((ended) =>
    execFile(
      process.execPath,
      ['--conditions=@saeol-chaos/source', '--input-type=module', '-e', script],
      { env: { ...process.env, TMPDIR: tmp } },
      ended,
    ),
  )
  const running = join(state, 'running')
  const left = (): string[] => [
    ...readdirSync(state).filter((name) => name.startsWith('topology-')),
    ...(existsSync(running) ? readdirSync(running) : []),
  ]
  for (let i = 0; i < 200 && (left().length > 0 || i < 10); i++) await sleep(50)
  return left()
}

const kill = "process.kill(process.pid, 'SIGKILL')"

it.each([
  // Nothing else is done until the directory is there: its promise is not kept yet.
  ['in the middle of it', `void supervisor.scratch(); while (!isThere()); ${kill}`],
  ['as soon as it is there', `await supervisor.scratch(); ${kill}`],
])('a scratch directory goes with a harness that is killed %s', async (_, death) => {
  expect(await leftBy(death)).toEqual([])
})
