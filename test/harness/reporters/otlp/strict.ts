/**
 * A receiver that takes nothing on trust. Real ones must skip fields that they do not know, and guess what a number was
 * meant to be; this one refuses. The schema is that of trace.proto, common.proto and resource.proto
 * (opentelemetry-proto 1.x), in their JSON mapping: ids as hexadecimal digits, enums as numbers, 64-bit numbers as strings.
 */
import { Ajv } from 'ajv'
import { expect } from 'vitest'
import type { Span } from '../../../../harness/reporters/otlp/message.ts'

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 }
const nanos = { type: 'string', pattern: '^[1-9][0-9]{0,19}$' }
const traceId = { type: 'string', pattern: '^(?!0{32})[0-9a-f]{32}$' }
const spanId = { type: 'string', pattern: '^(?!0{16})[0-9a-f]{16}$' }
const only = (properties: object, required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
})
const one = { ref: (name: string) => ({ $ref: `#/$defs/${name}` }) }
const many = (name: string) => ({ type: 'array', items: one.ref(name) })
const attributes = { attributes: many('keyValue'), droppedAttributesCount: count }

const schema = {
  ...only({ resourceSpans: many('resourceSpans') }, ['resourceSpans']),
  $defs: {
    resourceSpans: only(
      {
        resource: only(attributes, []),
        scopeSpans: { ...many('scopeSpans'), minItems: 1 },
        schemaUrl: text,
      },
      ['resource', 'scopeSpans'],
    ),
    scopeSpans: only(
      {
        scope: only({ name: { ...text, minLength: 1 }, version: text, ...attributes }, ['name']),
        spans: { ...many('span'), minItems: 1 },
        schemaUrl: text,
      },
      ['spans'],
    ),
    span: only(
      {
        traceId,
        spanId,
        traceState: text,
        parentSpanId: spanId,
        flags: count,
        name: { ...text, minLength: 1 },
        kind: { enum: [0, 1, 2, 3, 4, 5] },
        startTimeUnixNano: nanos,
        endTimeUnixNano: nanos,
        ...attributes,
        events: many('event'),
        droppedEventsCount: count,
        links: many('link'),
        droppedLinksCount: count,
        status: only({ message: text, code: { enum: [0, 1, 2] } }, []),
      },
      ['traceId', 'spanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano'],
    ),
    event: only({ timeUnixNano: nanos, name: { ...text, minLength: 1 }, ...attributes }, [
      'timeUnixNano',
      'name',
    ]),
    link: only({ traceId, spanId, traceState: text, ...attributes, flags: count }, ['traceId', 'spanId']),
    keyValue: only({ key: { ...text, minLength: 1 }, value: one.ref('anyValue') }, ['key', 'value']),
    anyValue: {
      ...only(
        {
          stringValue: text,
          boolValue: { type: 'boolean' },
          intValue: { type: 'string', pattern: '^-?[0-9]{1,19}$' },
          doubleValue: { type: 'number' },
          arrayValue: only({ values: many('anyValue') }, ['values']),
          kvlistValue: only({ values: many('keyValue') }, ['values']),
        },
        [],
      ),
      minProperties: 1,
      maxProperties: 1,
    },
  },
}

const validate = new Ajv({ strict: false, allErrors: true }).compile(schema)

export interface Received extends Span {
  readonly resource: Readonly<Record<string, unknown>>
}

/** What a message holds, if it is one to the letter. */
export function received(message: string): Received[] {
  const request: unknown = JSON.parse(message)
  if (!validate(request)) throw new Error(`no ExportTraceServiceRequest: ${JSON.stringify(validate.errors)}`)
  // No text may be half a letter: what reads it into UTF-8 refuses it, or makes something else of it.
  expect(message.isWellFormed() && !/\\ud[89a-f]/i.test(message.replaceAll('\\\\', ''))).toBe(true)
  const { resourceSpans } = request as {
    resourceSpans: { resource: { attributes: Span['attributes'] }; scopeSpans: { spans: Span[] }[] }[]
  }
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({ ...span, resource: valuesOf(resource.attributes) })),
    ),
  )
}

/** What must be true of all that a run sent: one id a span, parents and linked spans that are there, times in order. */
export function expectWhole(spans: readonly Received[]): void {
  const key = (span: Pick<Span, 'traceId' | 'spanId'>): string => `${span.traceId} ${span.spanId}`
  const all = new Map(spans.map((span) => [key(span), span]))
  expect(all.size).toBe(spans.length)
  for (const span of spans) {
    expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name).toBe(true)
    if (span.parentSpanId !== undefined) {
      const parent = all.get(key({ ...span, spanId: span.parentSpanId }))
      expect(parent, `the parent of ${span.name}`).toBeDefined()
      expect(BigInt(span.startTimeUnixNano) >= BigInt(parent!.startTimeUnixNano), span.name).toBe(true)
    }
    for (const link of span.links ?? []) expect(all.has(key(link)), `what ${span.name} links to`).toBe(true)
    const keys = span.attributes.map((one) => one.key)
    expect(keys).toEqual([...new Set(keys)])
  }
}

/** Attributes as plain values; integers are bigints. */
export function valuesOf(told: Span['attributes']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(told.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: object): unknown {
  if ('arrayValue' in value) return (value.arrayValue as { values: object[] }).values.map(plain)
  if ('intValue' in value) return BigInt(value.intValue as string)
  return Object.values(value)[0]
}
