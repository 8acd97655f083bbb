import { type Logger, pino } from 'pino'

export type Log = Logger

/** A domain event is a line with `event`; the harness reads events from these lines (`time` in epoch ms). */
export type LogDestination = { write(line: string): void }

export function createLog(
  settings: { readonly SERVICE_NAME: string; readonly LOG_LEVEL: string },
  destination?: LogDestination,
): Log {
  const options = { level: settings.LOG_LEVEL, base: { service: settings.SERVICE_NAME } }
  return destination === undefined ? pino(options) : pino(options, destination)
}
