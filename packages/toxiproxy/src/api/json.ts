import type { Fields, Kinds, Shape } from '../fields.ts'
import { badRequestBody } from './errors.ts'

/**
 * JSON as Go's encoding/json reads and writes it, which clients of Toxiproxy have come to rely on: the first value
 * of a body counts and what follows is ignored, keys match whatever their case, unknown keys and nulls are skipped.
 */

const GO_NAMES = {
  string: 'string',
  boolean: 'bool',
  integer: 'int64',
  float: 'float32',
  object: 'object',
  list: '[]struct',
}
const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

/**
 * The first JSON value of a text. Integer literals come as bigint, so that `1` and `1.0` stay apart, as in Go.
 * @throws ApiError 400 `bad request body: …` (`EOF` when there is nothing to read)
 */
export function decode(text: string): unknown {
  const value = firstValue(text)
  try {
    return JSON.parse(value, keepIntegers as (key: string, value: unknown) => unknown)
  } catch (error) {
    const { message } = error as Error
    throw badRequestBody(breaksOff(message, value) ? 'unexpected EOF' : message)
  }
}

/** The fields of `shape` that `value` sets. @throws ApiError 400 when one has the wrong type */
export function readFields<S extends Shape>(value: unknown, shape: S): Partial<Fields<S>> {
  const fields: Record<string, unknown> = {}
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw badRequestBody(`json: cannot unmarshal ${nameOf(value)} into Go value of type struct`)
  }
  for (const [key, entry] of Object.entries(value)) {
    const name = key in shape ? key : key.toLowerCase()
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (kind === undefined || entry === null) continue
    fields[name] = readField(name, kind, entry)
  }
  return fields as Partial<Fields<S>>
}

/** Go's json.Marshal also escapes what HTML gives a meaning to. */
export function encode(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function readField(name: string, kind: keyof Kinds, value: unknown): unknown {
  const mismatch = () =>
    badRequestBody(
      `json: cannot unmarshal ${nameOf(value)} into Go struct field ${name} of type ${GO_NAMES[kind]}`,
    )
  switch (kind) {
    case 'object':
      if (typeof value !== 'object' || Array.isArray(value)) throw mismatch()
      return value
    case 'list':
      if (!Array.isArray(value)) throw mismatch()
      return value
    case 'integer':
      if (typeof value !== 'bigint' || value > INT64_MAX || value < INT64_MIN) throw mismatch()
      return Number(value)
    case 'float':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw mismatch()
      return shortestFloat32(Number(value), mismatch)
    default:
      if (typeof value !== kind) throw mismatch()
      return value
  }
}

/** Upstream keeps floats in 32 bits and prints the shortest decimal that reads back as the same one. */
function shortestFloat32(value: number, tooLarge: () => Error): number {
  const rounded = Math.fround(value)
  if (!Number.isFinite(rounded)) throw tooLarge()
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(rounded.toPrecision(digits))
    if (Math.fround(candidate) === rounded) return candidate
  }
  return rounded
}

function keepIntegers(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' && /^-?\d+$/.test(context.source ?? '') ? BigInt(context.source!) : value
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'bigint' || typeof value === 'number' ? `number ${value}` : typeof value
}

/** Whether it is the end of the text that the parser stumbled over. */
function breaksOff(message: string, text: string): boolean {
  const position = /at position (\d+)/.exec(message)?.[1]
  return /^Unexpected end|^Unterminated/.test(message) || Number(position ?? 0) >= text.length
}

/** Up to where the first value closes; all there is when it does not. Each character is looked at once. */
function firstValue(text: string): string {
  const from = text.search(/[^ \t\r\n]/)
  if (from === -1) throw badRequestBody('EOF')
  if (text[from] === '"') return text.slice(from, endOfString(text, from))
  if (!'{['.includes(text[from]!)) return /^(?:[^\s,\]}]+|.)/s.exec(text.slice(from))![0]
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') at = endOfString(text, at) - 1
    else if ('{['.includes(character)) depth++
    else if ('}]'.includes(character) && --depth === 0) return text.slice(from, at + 1)
  }
  return text.slice(from)
}

/** Behind the quote that closes a string, or behind all there is. @param from its opening quote */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}
