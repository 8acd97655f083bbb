import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { called } from '../../called.ts'
import { HarnessError } from '../../errors.ts'
import { identify, isRunning, type ProcessIdentity, stateDir } from './machine.ts'

// Below the ephemeral ranges of Linux (32768…) and macOS (49152…), so that no outgoing connection can take a leased port.
const lowest = 18_000
const highest = 32_000
/** How often ports are drawn anew where some of them were taken. */
const rounds = 100

/** Ports on loopback, leased: two runs side by side never get the same one, although neither has bound it yet. */
export interface PortLease extends Disposable {
  readonly ports: readonly number[]
}

/**
 * Leases `count` free ports on 127.0.0.1, until the disposal or the end of this process. Whatever listens on a port of
 * its own while runs are under way leases it here: services, Toxiproxy, links, and tests.
 *
 * A lease is a file that names the port and its owner. Who wants a port makes the file first and looks for others after:
 * of two who want the same port at once, at least one sees the other, and withdraws. A file is removed by its owner, or
 * by anybody once the owner, whom it names, is gone: nobody can take it for a newer one.
 *
 * @example using lease = await leasePorts(1)
 * @throws HarnessError when none are left.
 */
export async function leasePorts(count: number, random: () => number = Math.random): Promise<PortLease> {
  const dir = leaseDir()
  const owner = identify(process.pid)!
  const release = (port: number): void => rmSync(join(dir, nameOf({ port, owner })), { force: true })
  const ports: number[] = []
  for (let round = 0; ports.length < count; round++) {
    if (round === rounds) {
      ports.forEach(release)
      throw new HarnessError(
        `no ${count} free ports on 127.0.0.1 between ${lowest} and ${highest}: stop other runs, or '${called('clean')}'`,
      )
    }
    const drawn = Array.from({ length: count - ports.length }, () => draw(random))
    const mine = drawn.filter((port) => create(join(dir, nameOf({ port, owner }))))
    const others = new Set(
      claimsIn(dir)
        .filter((claim) => !isOwner(claim, owner))
        .map(({ port }) => port),
    )
    for (const port of mine)
      if (!others.has(port) && (await bindable(port))) ports.push(port)
      else release(port)
  }
  return { ports, [Symbol.dispose]: () => ports.forEach(release) }
}

/** Removes the leases of processes that are gone. */
export function releaseStalePorts(): void {
  claimsIn(leaseDir())
}

interface Claim {
  readonly port: number
  readonly owner: ProcessIdentity
}

/** One directory for the whole machine, for every user and every TMPDIR, because ports belong to the machine. */
function leaseDir(): string {
  const dir = '/tmp/saeol-chaos-ports'
  try {
    mkdirSync(dir)
    // For every user, each to remove its own.
    chmodSync(dir, 0o1777)
    return dir
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? dir : stateDir('ports')
  }
}

function draw(random: () => number): number {
  return lowest + Math.floor(random() * (highest - lowest))
}

/** No part of it holds a comma. */
function nameOf({ port, owner }: Claim): string {
  return [port, owner.pid, encodeURIComponent(owner.started)].join(',')
}

function isOwner({ owner }: Claim, { pid, started }: ProcessIdentity): boolean {
  return owner.pid === pid && owner.started === started
}

/** Every claim whose owner runs; others are removed. */
function claimsIn(dir: string): Claim[] {
  const owners = new Map<string, boolean>()
  return readdirSync(dir).flatMap((file) => {
    const [port, pid, started] = file.split(',') as [string, string, string]
    const claim = { port: Number(port), owner: { pid: Number(pid), started: decodeURIComponent(started) } }
    const key = `${pid},${started}`
    if (!owners.has(key)) owners.set(key, isRunning(claim.owner))
    if (owners.get(key)) return [claim]
    remove(join(dir, file))
    return []
  })
}

/** @returns false when it is there already: this very process has leased the port. */
function create(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Another user's: it counts as none all the same.
  }
}

function bindable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
