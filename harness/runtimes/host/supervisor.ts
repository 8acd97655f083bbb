/**
 * The supervisor: a process of its own that starts every other process of a topology and outlives the harness just long
 * enough to reap them. It tears everything down when told to, and equally when the harness vanishes (kill -9 closes the
 * channel). It registers what it holds on disk, so that `clean` can finish the work should the supervisor itself be killed.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../errors.ts'
import { engineAt } from '../containers/engine.ts'
import { reapTopology } from '../containers/reap.ts'
import { type Children, createChildren } from './children.ts'
import { identify, isRunning, type ProcessIdentity, stateDir } from './machine.ts'
import { markOf, tryKill } from './process-tree.ts'
import type { FromSupervisor, Labelled, Register, ToSupervisor } from './protocol.ts'

/** A container that a killed harness had asked for may appear so much later, ms. */
const inFlightMs = 2000

supervise()

function supervise(): void {
  const self = identify(process.pid)!
  const harness = identify(process.ppid) ?? { pid: process.ppid, started: '' }
  const registerFile = join(stateDir('running'), `${process.pid}.json`)
  let ending = false
  const tell = (message: FromSupervisor): void => {
    if (process.connected) process.send!(message, () => {})
  }
  const children = createChildren(markOf(self), (message) => {
    if (!ending) register()
    tell(message)
  })
  const held = createHeld(children)
  const register = (): void => {
    const content: Register = { harness, supervisor: self, ...held.content() }
    writeFileSync(registerFile, JSON.stringify(content))
  }

  const stopAll = async (): Promise<void> => {
    const answer = await held.release(0).then(
      (kept) => ({ kept }),
      (error: unknown) => ({ error: messageOf(error) }),
    )
    register()
    tell({ type: 'stopped-all', ...answer })
  }
  const end = async (): Promise<void> => {
    if (ending) return
    ending = true
    try {
      await held.release(inFlightMs)
      rmSync(registerFile, { force: true })
    } catch (error) {
      // What is left is in the register, where `clean` finds it.
      register()
      process.stderr.write(`${messageOf(error)}\n`)
    }
    process.exit(0)
  }

  register()
  process.on('message', (message: ToSupervisor) => {
    switch (message.type) {
      case 'spawn':
        return children.start(message)
      case 'stop':
        return void children.stop(message.id)
      case 'signal':
        children.signal(message.id, message.signal)
        return tell({ type: 'signalled', id: message.id })
      case 'hold':
        held.add(message)
        return register()
      case 'stop-all':
        return void stopAll()
    }
  })
  process.on('disconnect', () => void end())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
}

/** Whatever must not outlive the topology. */
interface Held {
  add(one: Extract<ToSupervisor, { type: 'hold' }>): void
  content(): Pick<Register, 'processes' | 'scratch' | 'labelled'>
  /**
   * Ends and removes all of it. @param settleMs see `reapTopology`.
   * @returns the networks that an engine keeps by mistake: they are held no more, `clean` knows them by their labels
   * @throws HarnessError when an engine keeps something; that is still held then.
   */
  release(settleMs: number): Promise<readonly string[]>
}

function createHeld(children: Children): Held {
  const adopted = new Map<number, ProcessIdentity>()
  const scratch = new Set<string>()
  const labelled = new Map<string, Labelled>()
  return {
    add({ pid, dir, topology }) {
      const identity = pid === undefined ? undefined : identify(pid)
      if (identity !== undefined) adopted.set(identity.pid, identity)
      if (dir !== undefined) scratch.add(dir)
      if (topology !== undefined) labelled.set(topology.topology, topology)
    },
    content: () => ({
      processes: [
        ...children.running(),
        ...[...adopted.values()].map((identity) => ({ ...identity, id: 'adopted' })),
      ],
      scratch: [...scratch],
      labelled: [...labelled.values()],
    }),
    async release(settleMs) {
      for (const identity of adopted.values()) if (isRunning(identity)) tryKill(identity.pid, 'SIGKILL')
      adopted.clear()
      await children.stopAll()
      const reaped = await Promise.allSettled(
        [...labelled.values()].map(async ({ engine, topology }) => {
          const { kept } = await reapTopology(engineAt(engine), topology, settleMs)
          labelled.delete(topology)
          return kept
        }),
      )
      for (const dir of scratch) rmSync(dir, { recursive: true, force: true })
      scratch.clear()
      const failed = reaped.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return reaped.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    },
  }
}
