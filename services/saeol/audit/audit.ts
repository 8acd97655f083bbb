import { createHash, randomUUID } from 'node:crypto'
import type { Queries } from '../../common/database.ts'
import type { Log } from '../../common/log.ts'
import { Problem } from '../../common/problem.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { AuditEntry } from './chain.ts'
import type { AuditSink } from './sink.ts'
import type { Spool } from './spool.ts'

type Facts = Readonly<Record<string, unknown>>

/** The tamper-evident record of who did what. */
export interface AuditTrail {
  /**
   * Resolves once the entry is kept: in the chain, or in the spool while the sink is down.
   * @param options.sparing what anybody can bring about: it takes no more than a half of the spool, so that the rest is
   * there for what officials do
   * @throws Problem 503 `audit-unavailable` when the spool is full as well: what cannot be audited is refused
   */
  append(kind: string, facts: Facts, options?: { readonly sparing?: boolean }): Promise<void>
  /**
   * Chains an entry in the caller's own transaction: what was done and its record are kept together, or neither is.
   * To be called last, since it keeps other writers waiting until the transaction ends.
   */
  within(queries: Queries, kind: string, facts: Facts): Promise<void>
}

export interface Audit extends AuditTrail {
  /** Keeps what is still under way, then lets go of the spool. */
  close(): Promise<void>
}

/** Entries written in one go; what arrives meanwhile waits for the next. */
const batchSize = 200
/** How long a sink that failed is left alone, in ms. */
const retryMs = 500

/** One entry in so many is forgotten under the sabotage `incomplete-audit`. */
const forgottenOneIn = 5

/** What may be full of the spool after something `sparing`. † ours. */
const sparingShare = 0.5

interface Pending {
  readonly entry: AuditEntry
  readonly sparing: boolean
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * One writer puts everything in order, in batches. While the sink is down, or older entries still wait in the
 * spool, new ones go behind them into the spool; a sink that comes back gets the spool first.
 */
export function createAudit(options: {
  readonly sink: AuditSink
  readonly spool: Spool
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}): Audit {
  const { sink, spool, sabotaged, log, now } = options
  const pending: Pending[] = []
  let writing: Promise<void> | undefined
  let sinkIsDown = false
  let nextTryAt = 0
  let appended = 0
  const draining = setInterval(wake, retryMs)
  draining.unref()

  function wake(): void {
    if (writing !== undefined || (pending.length === 0 && !spool.waiting)) return
    writing = writeAll().finally(() => {
      writing = undefined
    })
  }

  async function writeAll(): Promise<void> {
    do {
      if (spool.waiting && performance.now() >= nextTryAt) await drainSpool()
      const batch = pending.splice(0, batchSize)
      if (batch.length > 0) await keep(batch)
    } while (pending.length > 0)
  }

  async function keep(batch: readonly Pending[]): Promise<void> {
    const entries = batch.map(({ entry }) => entry)
    const inSink = !spool.waiting && performance.now() >= nextTryAt && (await intoSink(entries))
    const kept = new Set(inSink ? batch : await intoSpool(batch))
    for (const one of batch) {
      if (kept.has(one)) one.resolve()
      else one.reject(new Problem(503, 'audit-unavailable', 'nothing can be done that cannot be recorded'))
    }
  }

  async function intoSink(entries: readonly AuditEntry[]): Promise<boolean> {
    try {
      await sink.write(entries)
    } catch (error) {
      nextTryAt = performance.now() + retryMs
      if (!sinkIsDown) log.warn({ event: 'audit.sink-down', err: error }, 'the audit goes into the spool')
      sinkIsDown = true
      return false
    }
    if (sinkIsDown) log.info({ event: 'audit.sink-up' }, 'the audit goes into the chain again')
    sinkIsDown = false
    return true
  }

  /** @returns those that found room; what is sparing does not stand in the way of the others */
  async function intoSpool(batch: readonly Pending[]): Promise<readonly Pending[]> {
    const owed = batch.filter(({ sparing }) => !sparing)
    if (owed.length < batch.length && (await spooled(batch, sparingShare)) === undefined) return batch
    if (owed.length === 0) return []
    const error = await spooled(owed, 1)
    if (error === undefined) return owed
    log.error({ event: 'audit.refused', err: error }, 'the audit can keep nothing; logins are refused')
    return []
  }

  /** @returns why they could not be kept */
  async function spooled(batch: readonly Pending[], share: number): Promise<unknown> {
    try {
      await spool.add(
        batch.map(({ entry }) => entry),
        share,
      )
      return undefined
    } catch (error) {
      return error
    }
  }

  async function drainSpool(): Promise<void> {
    const { entries, damaged } = await spool.read()
    const told = damaged.length === 0 ? [] : [damageTold(damaged)]
    const all = [...entries, ...told]
    for (let start = 0; start < all.length; start += batchSize) {
      if (!(await intoSink(all.slice(start, start + batchSize)))) return
    }
    // A crash before this line writes the same entries again, which the sink knows by their ids.
    await spool.clear()
  }

  /** On the audit and in the log; the lines themselves are kept beside the spool. */
  function damageTold(damaged: readonly string[]): AuditEntry {
    const facts = { lines: damaged.length, sha256: damaged.map(sha256) }
    log.error({ event: 'audit.spool-damaged', ...facts }, 'somebody changed the audit spool')
    return { ...entryOf('audit.spool-damaged', facts), id: uuidOf(damaged) }
  }

  function entryOf(kind: string, facts: Facts): AuditEntry {
    return { id: randomUUID(), at: now(), kind, facts: storable(facts) }
  }

  return {
    within: (queries, kind, facts) => sink.writeWithin(queries, [entryOf(kind, facts)]),
    async append(kind, facts, { sparing = false } = {}) {
      const entry = entryOf(kind, facts)
      appended += 1
      if (sabotaged('incomplete-audit') && appended % forgottenOneIn === 0) return
      return new Promise<void>((resolve, reject) => {
        pending.push({ entry, sparing, resolve, reject })
        wake()
      })
    },
    async close() {
      clearInterval(draining)
      while (pending.length > 0 || writing !== undefined) {
        wake()
        await writing
      }
      await spool.close()
    },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The same damage has the same id, so that a crash does not have it told twice. */
function uuidOf(damaged: readonly string[]): string {
  return sha256(damaged.join('\n')).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}

/** As jsonb keeps it: without undefined, NUL and lone surrogates, which senders may put into any text. */
function storable(facts: Facts): Facts {
  return JSON.parse(JSON.stringify(facts), (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  )
}
