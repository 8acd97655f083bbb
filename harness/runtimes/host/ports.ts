import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { called } from '../../called.ts'
import { HarnessError } from '../../errors.ts'
import { identify, isRunning, type ProcessIdentity, stateDir } from './machine.ts'

// Below the ephemeral ranges of Linux (32768…) and macOS (49152…), so that no outgoing connection can take a leased port.
const lowest = 18_000
const highest = 32_000

/** Ports on loopback, leased: two runs side by side never get the same one, although neither has bound it yet. */
export interface PortLease extends Disposable {
  readonly ports: readonly number[]
}

/** Leases `count` free ports. @throws HarnessError when none are left. */
export async function leasePorts(count: number, random: () => number = Math.random): Promise<PortLease> {
  const dir = stateDir('ports')
  const owner = identify(process.pid)!
  const ports: number[] = []
  const release = (port: number): void => rmSync(join(dir, String(port)), { force: true })
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 2000 + count * 50) {
      ports.forEach(release)
      throw new HarnessError(
        `no ${count} free ports on 127.0.0.1 between ${lowest} and ${highest}: stop other runs, or '${called('clean')}'`,
      )
    }
    const port = lowest + Math.floor(random() * (highest - lowest))
    if (!claim(join(dir, String(port)), owner)) continue
    if (await bindable(port)) ports.push(port)
    else release(port)
  }
  return { ports, [Symbol.dispose]: () => ports.forEach(release) }
}

function claim(file: string, owner: ProcessIdentity): boolean {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  try {
    if (isRunning(JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity)) return false
    rmSync(file, { force: true })
  } catch {
    // Half-written or just released by its owner: leave it and try another.
  }
  return false
}

function bindable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
