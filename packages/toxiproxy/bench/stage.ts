import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type RunningServer, subjects } from '../test/conformance/subjects.ts'

/** One of the two servers, with a proxy that leads to a target. */
export interface Contender {
  readonly name: 'ours' | 'real'
  readonly pid: number
  /** Gives the proxy other toxics, and returns where it listens. */
  lead(to: string, toxics?: readonly object[]): Promise<string>
}

export interface Stage extends AsyncDisposable {
  readonly ours: Contender
  /** Undefined where there is no Toxiproxy 2.12.0 to be had. */
  readonly real: Contender | undefined
  /** What the real one is missing for. */
  readonly missing: string | undefined
}

/** Both servers, each in its own process, on an equal footing. */
export async function startStage(): Promise<Stage> {
  const stack = new AsyncDisposableStack()
  const [ourSubject, , realSubject] = subjects
  const start = async (name: 'ours' | 'real', index: number) =>
    contender(name, stack.use(await subjects[index]!.start()))
  const missing = realSubject!.missing
  const ours = await start('ours', subjects.indexOf(ourSubject!))
  const real = missing === undefined ? await start('real', subjects.indexOf(realSubject!)) : undefined
  return { ours, real, missing, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** A helper that runs in a process of its own, so that nothing is measured by what it measures. */
export async function startHelper(
  file: string,
  args: readonly string[] = [],
): Promise<{ readonly process: ChildProcess; readonly firstLine: string } & AsyncDisposable> {
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout!, 'data')
  return { process: child, firstLine: `${line}`.trim(), [Symbol.asyncDispose]: () => end(child) }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function contender(name: 'ours' | 'real', { url, process: { pid } }: RunningServer): Contender {
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
    if (!response.ok) throw new Error(`${name}: ${method} ${path}: ${await response.text()}`)
    return response
  }
  return {
    name,
    pid: pid!,
    async lead(to, toxics = []) {
      const proxies = (await (await call('GET', '/proxies')).json()) as object
      if ('bench' in proxies) await call('DELETE', '/proxies/bench')
      const created = await call('POST', '/proxies', { name: 'bench', listen: '127.0.0.1:0', upstream: to })
      for (const toxic of toxics) await call('POST', '/proxies/bench/toxics', toxic)
      return ((await created.json()) as { listen: string }).listen
    },
  }
}
