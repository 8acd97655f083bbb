import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import {
  type AuditRecord,
  type ChainEnd,
  emptyChain,
  link,
  sealHead,
  verifyChain,
} from '../../../services/saeol/audit/chain.ts'

const entry = fc.record({
  id: fc.uuid(),
  at: fc.nat(),
  kind: fc.constantFrom('login.accepted', 'login.refused', 'fallback.opened'),
  facts: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
})

const chain = fc.array(entry, { minLength: 2, maxLength: 12 }).map((entries) => {
  let head: ChainEnd = emptyChain
  return entries.map((each): AuditRecord => {
    const record = link(each, head)
    head = record
    return record
  })
})

const key = 'a key of the tests'
const headOf = (records: readonly AuditRecord[], sealedWith = key) =>
  sealHead(records.at(-1) ?? emptyChain, sealedWith)

const spot = fc.nat().map((number) => (records: readonly unknown[]) => number % records.length)

describe('verifyChain', () => {
  it('accepts what was linked, whatever the order of keys in the facts', () => {
    fc.assert(
      fc.property(chain, (records) => {
        const stored = records.map((record) => ({
          ...record,
          facts: Object.fromEntries(Object.entries(record.facts).reverse()),
        }))
        expect(verifyChain(stored, headOf(records), key)).toEqual({ ok: true, records: records.length })
      }),
    )
    expect(verifyChain([], headOf([]), key)).toEqual({ ok: true, records: 0 })
  })

  const changes: [what: string, change: (records: AuditRecord[], at: number) => AuditRecord[]][] = [
    ['a record taken away', (records, at) => records.toSpliced(at, 1)],
    ['the end cut off', (records, at) => records.slice(0, at)],
    ['two records swapped', (records, at) => swap(records, at)],
    ['a record repeated', (records, at) => records.toSpliced(at, 0, records[at]!)],
    ['a kind changed', (records, at) => records.with(at, { ...records[at]!, kind: 'nothing happened' })],
    ['a time changed', (records, at) => records.with(at, { ...records[at]!, at: records[at]!.at + 1 })],
    ['facts changed', (records, at) => records.with(at, { ...records[at]!, facts: { official: 'else' } })],
    [
      'a record replaced by one with a good hash of its own',
      (records, at) => {
        const before = records[at - 1] ?? emptyChain
        return records.with(at, link({ ...records[at]!, kind: 'forged' }, before))
      },
    ],
  ]
  it.each(changes)('notices %s', (_what, change) => {
    fc.assert(
      fc.property(chain, spot, (records, pick) => {
        const changed = change(records, pick(records))
        expect(verifyChain(changed, headOf(records), key).ok).toBe(false)
      }),
    )
  })

  it('notices that the end was cut off by somebody without the key, who put the head back', () => {
    fc.assert(
      fc.property(chain, spot, (records, pick) => {
        const cut = records.slice(0, pick(records))
        expect(verifyChain(cut, headOf(cut, 'a guess'), key)).toMatchObject({
          ok: false,
          atSeq: cut.length + 1,
        })
        // What was sealed for more records is no seal of fewer.
        const { seal } = headOf(records)
        expect(verifyChain(cut, { ...headOf(cut), seal }, key).ok).toBe(false)
      }),
    )
  })
})

function swap(records: AuditRecord[], at: number): AuditRecord[] {
  const other = (at + 1) % records.length
  return records.with(at, records[other]!).with(other, records[at]!)
}

describe('canonicalJson', () => {
  it('is one text for one value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]))
}
