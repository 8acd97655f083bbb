import { projectVersion } from '../../version.ts'
import type { KeyValue, ResourceSpans, Span } from './message.ts'

/** Most spans of one line of the file, and so of one message to a collector: about half a megabyte. */
const mostSpans = 500

/** Begins a line that has spans. */
const start = '{"resource":'

/**
 * Writes spans as one ExportTraceServiceRequest, as they come: an element of `resourceSpans` a line, which is written when
 * it is full, or the last of its resource. So no more is held than a line for each resource whose spans are still coming.
 */
export function requestWriter(write: (text: string) => void): {
  emit(resource: readonly KeyValue[], spans: readonly Span[], last: boolean): void
  end(): void
} {
  const waiting = new Map<readonly KeyValue[], Span[]>()
  let lines = 0
  const flush = (resource: readonly KeyValue[], spans: readonly Span[]): void => {
    write(lines++ === 0 ? '{"resourceSpans":[\n' : ',\n')
    write(JSON.stringify(element(resource, spans)))
  }
  return {
    emit(resource, spans, last) {
      const held = waiting.get(resource) ?? []
      waiting.set(resource, held)
      for (const span of spans) {
        held.push(span)
        if (held.length < mostSpans) continue
        flush(resource, held)
        held.length = 0
      }
      if (!last) return
      waiting.delete(resource)
      if (held.length > 0) flush(resource, held)
    },
    end() {
      for (const [resource, spans] of waiting) if (spans.length > 0) flush(resource, spans)
      write(lines === 0 ? '{"resourceSpans":[]}\n' : '\n]}\n')
    },
  }
}

/** The message that a line of such a file is by itself; undefined where the line has no spans. */
export function messageOfLine(line: string): string | undefined {
  return line.startsWith(start) ? `{"resourceSpans":[${line.replace(/,$/, '')}]}` : undefined
}

function element(attributes: readonly KeyValue[], spans: readonly Span[]): ResourceSpans {
  const scope = { name: 'saeol-chaos', version: projectVersion }
  return { resource: { attributes }, scopeSpans: [{ scope, spans }] }
}
