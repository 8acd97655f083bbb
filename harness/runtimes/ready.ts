import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { type CommandService, type ServiceSpec, spokenBy } from '../model/service.ts'
import { type Answer, answersHttp, answersPostgres, answersProbe } from './host/readiness.ts'

/**
 * What a service is asked while it starts, again and again, until it is ready. Made before the start: what its log has
 * from earlier lives says nothing of this one.
 * @param url where it is reached past its links; `port`: by the name of one, default: its first
 */
export function readinessOf(
  spec: ServiceSpec,
  url: (port?: string) => string,
  log: string,
): () => Promise<Answer> {
  switch (spec.kind) {
    case 'postgres':
      return () => answersPostgres(url())
    case 'node':
      return () => answersHttp(`${url(spec.health.port)}${spec.health.path}`, spec.health.status)
    case 'command':
      return readinessOfCommand(spec, url(), log)
  }
}

function readinessOfCommand(spec: CommandService, url: string, log: string): () => Promise<Answer> {
  const { ready } = spec
  if (ready === 'redis') return () => answersProbe(url, { protocol: 'redis' })
  if (ready === 'tcp') {
    const spoken = spokenBy(spec)
    return () => answersProbe(url, spoken.protocol === 'tcp' ? spoken : { protocol: 'tcp' })
  }
  if ('path' in ready) return () => answersHttp(`${url}${ready.path}`, ready.status)
  return saysInLog(log, ready.log)
}

/** Ready is a whole line, written from now on, with this text or one that this expression matches. */
function saysInLog(log: string, words: string | RegExp): () => Promise<Answer> {
  const said = typeof words === 'string' ? `'${words}'` : `${words}`
  const is = (line: string): boolean =>
    typeof words === 'string' ? line.includes(words) : line.search(words) >= 0
  let offset = sizeOf(log)
  return async () => {
    const text = readFrom(log, offset)
    const whole = text.subarray(0, text.lastIndexOf('\n') + 1)
    offset += whole.length
    return whole.toString().split('\n').some(is) ? 'ready' : { said: `no line of its output has ${said}` }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function readFrom(file: string, offset: number): Buffer {
  if (sizeOf(file) <= offset) return Buffer.alloc(0)
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(fstatSync(descriptor).size - offset)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset))
  } finally {
    closeSync(descriptor)
  }
}
