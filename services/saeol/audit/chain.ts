import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
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

/** The last record's place and hash. */
export interface ChainEnd {
  readonly seq: number
  readonly hash: string
}

/**
 * Where the chain ends, kept apart from the records so that a missing end shows, and sealed with a key that is not in
 * the database: who cuts records off cannot make a head that ends there.
 */
export interface ChainHead extends ChainEnd {
  /** Hexadecimal HMAC-SHA-256 of the end. */
  readonly seal: string
}

export const emptyChain: ChainEnd = { seq: 0, hash: '0'.repeat(64) }

/** The kind of a record that tells that the end of the chain was changed by somebody else before it. */
export const auditCutOff = 'audit.cut-off'

/** The key of the mock network; whoever checks a chain needs the one it was sealed with. */
export const mockAuditKey = 'mock-network-only'

export function sealHead({ seq, hash }: ChainEnd, key: string): ChainHead {
  return { seq, hash, seal: createHmac('sha256', key).update(`${seq} ${hash}`).digest('hex') }
}

export function link(entry: AuditEntry, end: ChainEnd): AuditRecord {
  const seq = end.seq + 1
  return { ...entry, seq, prevHash: end.hash, hash: hashOf(entry, seq, end.hash) }
}

export type ChainVerdict =
  | { readonly ok: true; readonly records: number }
  | { readonly ok: false; readonly atSeq: number; readonly problem: string }

/**
 * Whether no record was changed, moved, added or taken away.
 * @param records in the order of `seq`, from the first
 * @param head where the chain ends
 * @param key what the head is sealed with
 */
export function verifyChain(records: readonly AuditRecord[], head: ChainHead, key: string): ChainVerdict {
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
  const atSeq = before.seq + 1
  if (!isSealed(head, key))
    return { ok: false, atSeq, problem: 'the head of the chain was put there by others' }
  if (head.seq !== before.seq || head.hash !== before.hash) {
    return { ok: false, atSeq, problem: `the chain ends before record ${head.seq}` }
  }
  return { ok: true, records: records.length }
}

export function isSealed(head: ChainHead, key: string): boolean {
  const [given, right] = [head.seal, sealHead(head, key).seal].map((seal) => Buffer.from(seal))
  return given!.length === right!.length && timingSafeEqual(given!, right!)
}

function hashOf({ id, at, kind, facts }: AuditEntry, seq: number, prevHash: string): string {
  return createHash('sha256').update(canonicalJson({ seq, prevHash, id, at, kind, facts })).digest('hex')
}
