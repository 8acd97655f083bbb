/**
 * OTLP/JSON of traces, by hand: the protobuf JSON mapping, with ids as hexadecimal digits, enums as numbers, and 64-bit
 * numbers as strings. Only fields that are written here are listed.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: typeof internal
  readonly flags: typeof sampledFlag
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly KeyValue[]
  readonly events?: readonly SpanEvent[]
  readonly droppedEventsCount?: number
  readonly links?: readonly Link[]
  readonly status?: Status
}

export interface SpanEvent {
  readonly timeUnixNano: string
  readonly name: string
  readonly attributes: readonly KeyValue[]
}

export interface Link {
  readonly traceId: string
  readonly spanId: string
  readonly flags: typeof sampledFlag
}

export interface Status {
  readonly code: typeof statusOk | typeof statusError
  readonly message?: string
}

export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }

/** Spans of one resource: one element of an ExportTraceServiceRequest. */
export interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] }
  readonly scopeSpans: readonly [
    { readonly scope: { readonly name: string; readonly version: string }; readonly spans: readonly Span[] },
  ]
}

/** SPAN_KIND_INTERNAL. */
export const internal = 1
/** The trace flag `sampled`. */
export const sampledFlag = 1
export const statusOk = 1
export const statusError = 2

/** What an attribute may be told as: a bigint is an integer, a number a double, so that a key keeps its type. */
export type Told = string | boolean | number | bigint | readonly string[]

/** Attributes by key; what is undefined or null is left out. */
export function attributes(told: Readonly<Record<string, Told | undefined | null>>): KeyValue[] {
  return Object.entries(told).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key: key.toWellFormed(), value: anyValue(value) }],
  )
}

function anyValue(value: Told): AnyValue {
  switch (typeof value) {
    case 'string':
      return { stringValue: value.toWellFormed() }
    case 'boolean':
      return { boolValue: value }
    case 'bigint':
      return { intValue: value.toString() }
    case 'number':
      return { doubleValue: value }
    default:
      return { arrayValue: { values: value.map(anyValue) } }
  }
}

/** @param ms epoch ms; hundredths count. @example nanos(1_700_000_000_000.25) === '1700000000000250000' */
export function nanos(ms: number): string {
  return (BigInt(Math.round(ms * 100)) * 10_000n).toString()
}

/** When a span was, epoch ms. It never ends before it begins. */
export function lasting(from: number, to: number): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> {
  return { startTimeUnixNano: nanos(from), endTimeUnixNano: nanos(Math.max(from, to)) }
}

export function spanEvent(at: number, name: string, told: Parameters<typeof attributes>[0]): SpanEvent {
  return { timeUnixNano: nanos(at), name: name.toWellFormed(), attributes: attributes(told) }
}

export function failed(message: string): Status {
  return { code: statusError, message: message.toWellFormed() }
}
