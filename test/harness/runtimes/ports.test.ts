import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { leasePorts, releaseStalePorts } from '../../../harness/runtimes/host/ports.ts'

const leases = '/tmp/saeol-chaos-ports'
const module = pathToFileURL(join(import.meta.dirname, '../../../harness/runtimes/host/ports.ts')).href
/** Draws from a few hundred ports alone: all want the same at once. */
const script = `
  const { leasePorts } = await import(${JSON.stringify(module)})
  const all = []
  for (let i = 0; i < 25; i++) all.push(...(await leasePorts(2, () => Math.random() / 35)).ports)
  console.log(JSON.stringify(all))
  process.stdin.on('end', () => process.exit()).resume()`

const children: ChildProcess[] = []
const places: string[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true })
})

/** A process with a temporary directory of its own that leases 50 ports and keeps them. */
async function leaser(): Promise<{ child: ChildProcess; ports: number[] }> {
  const place = mkdtempSync(join(tmpdir(), 'leaser-'))
  places.push(place)
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: place },
  })
  children.push(child)
  const [line] = await once(createInterface(child.stdout!), 'line')
  return { child, ports: JSON.parse(line as string) as number[] }
}

it('processes that want the same ports at once never get the same, whatever their TMPDIR', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, leaser))
  const ports = all.flatMap((one) => one.ports)
  expect(ports).toHaveLength(200)
  expect(new Set(ports).size).toBe(200)
  expect(Math.max(...ports)).toBeLessThan(32_768)
}, 60_000)

it('one process never gets a port twice, and again once it is released', async () => {
  const same = (): number => 0.5
  const port = 25_000
  const lease = await leasePorts(1, same)
  expect(lease.ports).toEqual([port])
  await expect(leasePorts(1, same)).rejects.toThrow(
    /no 1 free ports on 127\.0\.0\.1 .*stop other runs, or '.*clean'/,
  )
  lease[Symbol.dispose]()
  using again = await leasePorts(1, same)
  expect(again.ports).toEqual([port])
})

it('a port that somebody listens on is none', async () => {
  const server = createServer()
  server.listen(25_001, '127.0.0.1')
  await once(server, 'listening')
  const draws = [0.5 + 1 / 14_000, 0.6]
  using lease = await leasePorts(1, () => draws.shift()!)
  expect(lease.ports).toEqual([26_400])
  server.close()
})

it('what a process that was killed had leased is free again, and its leases are removed', async () => {
  const { child, ports } = await leaser()
  const file = join(leases, `${ports[0]},999999999,1`)
  writeFileSync(file, '')
  child.kill('SIGKILL')
  await once(child, 'exit')
  using lease = await leasePorts(1, () => (ports[0]! - 18_000 + 0.5) / 14_000)
  expect(lease.ports).toEqual([ports[0]])
  releaseStalePorts()

  expect(existsSync(file)).toBe(false)
})
