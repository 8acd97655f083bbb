import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/** One thing that happened. */
export interface AuditEntry {
  /** Unique, so that a record that was written twice is kept once. */
  readonly id: string
  /** Epoch ms. */
  readonly at: number
  readonly kind: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** An entry in its place: its hash covers the hash before it. */
export interface AuditRecord extends AuditEntry {
  /** From 1, without gaps. */
  readonly seq: number
  /** Hexadecimal, as `hash`; 64 zeros before the first. */
  readonly prevHash: string
  readonly hash: string
}

/** Where the chain ends, kept apart from the records so that a missing end shows. */
export interface ChainHead {
  readonly seq: number
  readonly hash: string
}

export const emptyChain: ChainHead = { seq: 0, hash: '0'.repeat(64) }

export function link(entry: AuditEntry, head: ChainHead): AuditRecord {
  const seq = head.seq + 1
  return { ...entry, seq, prevHash: head.hash, hash: hashOf(entry, seq, head.hash) }
}

export type ChainVerdict =
  | { readonly ok: true; readonly records: number }
  | { readonly ok: false; readonly atSeq: number; readonly problem: string }

/**
 * Whether no record was changed, moved, added or taken away.
 * @param records in the order of `seq`, from the first
 * @param head where the chain ends; without it a missing end cannot be seen
 */
export function verifyChain(records: readonly AuditRecord[], head?: ChainHead): ChainVerdict {
  let before = emptyChain
  for (const record of records) {
    const atSeq = before.seq + 1
    if (record.seq !== atSeq) return { ok: false, atSeq, problem: `record ${atSeq} is missing` }
    if (record.prevHash !== before.hash) {
      return { ok: false, atSeq, problem: `record ${atSeq} does not follow the record before it` }
    }
    if (record.hash !== hashOf(record, record.seq, record.prevHash)) {
      return { ok: false, atSeq, problem: `record ${atSeq} was changed after it was written` }
    }
    before = record
  }
  if (head !== undefined && (head.seq !== before.seq || head.hash !== before.hash)) {
    return { ok: false, atSeq: before.seq + 1, problem: `the chain ends before record ${head.seq}` }
  }
  return { ok: true, records: records.length }
}

function hashOf({ id, at, kind, facts }: AuditEntry, seq: number, prevHash: string): string {
  return createHash('sha256').update(canonicalJson({ seq, prevHash, id, at, kind, facts })).digest('hex')
}
