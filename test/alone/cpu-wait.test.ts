import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { watchCpuWait } from '../../harness/runtimes/host/cpu-wait.ts'
import { descendants, tryKill } from '../../harness/runtimes/host/process-tree.ts'

/** Keeps one CPU busy until it is killed. */
const burner = ['-e', 'for (;;) {}']
/** Always has work, in a child of its own: the tree counts. */
const worker = [
  '-e',
  `const { spawn } = require('node:child_process')
   if (process.argv[1] === 'child') {
     process.send('ready')
     setTimeout(() => { for (;;) {} }, 100)
   } else {
     const child = spawn(process.execPath, ['-e', process.env.WORK, 'child'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
     child.on('message', () => console.log('ready'))
     process.on('disconnect', () => process.exit())
   }`,
]
const linux = existsSync('/proc/self/schedstat')

const why = linux ? '' : ' (skipped: it needs /proc/<pid>/schedstat, which Linux has)'

/**
 * A cgroup of version 1 or 2 with so many µs of CPU in each 100 ms.
 * @returns its directory, and the file that takes the pids that are to be in it; or why there is none
 */
function quota(
  us: string,
): { readonly dir: string; readonly processes: string } | { readonly missing: string } {
  const kinds = [
    ['/sys/fs/cgroup/cpu', 'cpu.cfs_quota_us', us],
    ['/sys/fs/cgroup', 'cpu.max', `${us} 100000`],
  ] as const
  for (const [controller, file, value] of kinds) {
    const dir = join(controller, `saeol-chaos-test-${process.pid}`)
    try {
      mkdirSync(dir)
    } catch {
      continue
    }
    try {
      writeFileSync(join(dir, file), value, { flag: 'r+' })
      return { dir, processes: join(dir, 'cgroup.procs') }
    } catch {
      rmdirSync(dir)
    }
  }
  return { missing: 'no cgroup with a quota can be made here' }
}

describe.skipIf(!linux)(`waiting for a CPU${why}`, () => {
  const started: ChildProcess[] = []
  const endAll = (): void => {
    for (const child of started.splice(0))
      for (const pid of [child.pid!, ...descendants(child.pid!)]) tryKill(pid, 'SIGKILL')
  }
  afterEach(endAll)
  const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
    // Not detached: the kernel weighs priorities within a session only.
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    })
    started.push(child)
    return child
  }
  /** Share of the time with work in which a worker, kept on the first CPU, waits for it beside such neighbours. */
  const shareBeside = async (...neighbours: readonly string[][]): Promise<number> => {
    const onFirst = (args: readonly string[]): [string, string[]] => ['taskset', ['-c', '0', ...args]]
    const child = start(...onFirst([process.execPath, ...worker]), { WORK: worker[1]! })
    await once(child.stdout!, 'data')
    for (const [command, ...args] of neighbours) start(...onFirst([command!, ...args]))
    await sleep(500)
    const since = watchCpuWait([child.pid!])
    await sleep(2000)
    const { ranMs, waitedMs } = since([child.pid!])!
    endAll()
    return waitedMs / (ranMs + waitedMs)
  }

  it('is long beside greedy neighbours on the only CPU, and short beside those who give way', async () => {
    const greedy = await shareBeside(...Array.from({ length: 8 }, () => [process.execPath, ...burner]))
    expect(greedy).toBeGreaterThan(0.7)
    const nice = ['nice', '-n', '19', process.execPath, ...burner]
    const polite = await shareBeside(...Array.from({ length: 8 }, () => nice))
    // Whoever else uses this machine, the share with a CPU is at least double.
    expect(1 - polite).toBeGreaterThan(2 * (1 - greedy))
  })

  const limited = quota('20000')
  afterAll(() => {
    if ('dir' in limited) rmdirSync(limited.dir)
  })
  it.skipIf('missing' in limited)(
    `is long where a quota holds it back, however idle the CPUs are${'missing' in limited ? ` (skipped: ${limited.missing})` : ''}`,
    async () => {
      if ('missing' in limited) return
      const child = start('sh', [
        '-c',
        `echo $$ > '${limited.processes}'; exec "$@"`,
        'sh',
        process.execPath,
        ...burner,
      ])
      await sleep(500)
      const since = watchCpuWait([child.pid!])
      await sleep(2000)
      const { ranMs, waitedMs } = since([child.pid!])!
      child.kill('SIGKILL')
      await once(child, 'close')
      // A fifth of a CPU, so it is held back in four fifths of the time.
      expect(waitedMs / (ranMs + waitedMs)).toBeGreaterThan(0.7)
    },
  )

  it('counts nothing of processes that are not there', () => {
    expect(watchCpuWait([999_999_999])([999_999_999])).toBeUndefined()
  })
})
