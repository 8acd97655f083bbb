/**
 * The supervisor: a process of its own that starts every other process of a topology and outlives the harness just long
 * enough to reap them. It tears everything down when told to, and equally when the harness vanishes (kill -9 closes the
 * channel). It registers what it holds on disk, so that `clean` can finish the work should the supervisor itself be killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import { engineAt } from '../containers/engine.ts'
import { reapTopology } from '../containers/reap.ts'
import { descendants, identify, isRunning, type ProcessIdentity, stateDir } from './machine.ts'
import type { FromSupervisor, Labelled, Register, SpawnRequest, ToSupervisor } from './protocol.ts'

/** How long a process may take to stop when asked, ms, before it is killed. */
const graceMs = 1500
/** A container that a killed harness had asked for may appear so much later, ms. */
const inFlightMs = 2000

supervise()

function supervise(): void {
  const children = new Map<
    string,
    { child: ChildProcess; request: SpawnRequest; asked: boolean; paused: boolean }
  >()
  const adopted = new Map<number, ProcessIdentity>()
  const scratch = new Set<string>()
  const labelled = new Map<string, Labelled>()
  const self = identify(process.pid)!
  const harness = identify(process.ppid) ?? { pid: process.ppid, started: '' }
  const registerFile = join(stateDir('running'), `${process.pid}.json`)
  let ending = false

  const register = (): void => {
    const processes = [...children.values()].flatMap(({ child, request }) => {
      const identity = child.pid === undefined ? undefined : identify(child.pid)
      return identity === undefined ? [] : [{ ...identity, id: request.id }]
    })
    const others = [...adopted.values()].map((identity) => ({ ...identity, id: 'adopted' }))
    const content: Register = {
      harness,
      supervisor: self,
      processes: [...processes, ...others],
      scratch: [...scratch],
      labelled: [...labelled.values()],
    }
    writeFileSync(registerFile, JSON.stringify(content))
  }

  const send = (message: FromSupervisor): void => {
    if (process.connected) process.send!(message, () => {})
  }

  const start = (request: SpawnRequest): void => {
    const log = openSync(request.logFile, 'a')
    const child = spawn(request.command, request.args, {
      env: request.env,
      cwd: '/',
      stdio: request.channel ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...(request.uid !== undefined && { uid: request.uid, gid: request.gid! }),
    })
    closeSync(log)
    const entry = { child, request, asked: false, paused: false }
    children.set(request.id, entry)
    child.once('spawn', () => {
      register()
      send({ type: 'spawned', id: request.id, pid: child.pid! })
    })
    child.once('error', (error) => {
      children.delete(request.id)
      send({ type: 'failed', id: request.id, error: error.message })
    })
    child.once('exit', (code, signal) => {
      children.delete(request.id)
      send({ type: 'exited', id: request.id, code, signal, asked: entry.asked })
      if (!ending) register()
    })
  }

  const signal = (id: string, name: NodeJS.Signals): void => {
    const entry = children.get(id)
    if (entry?.child.pid !== undefined) {
      entry.asked ||= name === 'SIGKILL'
      entry.paused = name === 'SIGSTOP'
      // PostgreSQL's backends are no group of their server's: each is found by its parent.
      for (const pid of [entry.child.pid, ...descendants(entry.child.pid)]) tryKill(pid, name)
    }
    send({ type: 'signalled', id })
  }

  const stop = async (id: string): Promise<void> => {
    const entry = children.get(id)
    if (entry === undefined) return
    entry.asked = true
    const gone = new Promise((resolve) => entry.child.once('exit', resolve))
    // A paused process gets no signal but SIGKILL until it goes on.
    if (entry.paused) for (const pid of descendants(entry.child.pid!)) tryKill(pid, 'SIGCONT')
    entry.child.kill('SIGCONT')
    entry.child.kill(entry.request.stopSignal)
    if ((await Promise.race([gone, sleep(graceMs, 'late', { ref: false })])) === 'late') {
      entry.child.kill('SIGKILL')
      await gone
    }
  }

  /** @param settleMs see `reapTopology` */
  const stopAll = async (settleMs: number): Promise<void> => {
    for (const identity of adopted.values()) if (isRunning(identity)) tryKill(identity.pid, 'SIGKILL')
    adopted.clear()
    await Promise.all([...children.keys()].map(stop))
    const reaped = await Promise.allSettled(
      [...labelled.values()].map(async ({ engine, topology }) => {
        await reapTopology(engineAt(engine), topology, settleMs)
        labelled.delete(topology)
      }),
    )
    for (const dir of scratch) rmSync(dir, { recursive: true, force: true })
    scratch.clear()
    const failed = reaped.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  const end = async (): Promise<void> => {
    if (ending) return
    ending = true
    try {
      await stopAll(inFlightMs)
      rmSync(registerFile, { force: true })
    } catch (error) {
      // What is left stands in the register: `clean` goes by it.
      register()
      process.stderr.write(`${messageOf(error)}\n`)
    }
    process.exit(0)
  }

  register()
  process.on('message', (message: ToSupervisor) => {
    switch (message.type) {
      case 'spawn':
        return start(message)
      case 'stop':
        return void stop(message.id)
      case 'signal':
        return signal(message.id, message.signal)
      case 'adopt': {
        const identity = identify(message.pid)
        if (identity !== undefined) adopted.set(message.pid, identity)
        return register()
      }
      case 'scratch':
        scratch.add(message.dir)
        return register()
      case 'stop-all':
        return void stopAll(0).then(
          () => {
            register()
            send({ type: 'stopped-all' })
          },
          (error: unknown) => {
            register()
            send({ type: 'stopped-all', error: messageOf(error) })
          },
        )
      case 'labelled':
        labelled.set(message.topology, { engine: message.engine, topology: message.topology })
        return register()
    }
  })
  process.on('disconnect', () => void end())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in the meantime.
  }
}
