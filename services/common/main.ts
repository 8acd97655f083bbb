import { ConfigurationError, type Environment } from './config.ts'
import type { Service } from './service.ts'

/**
 * What a service's main.ts calls: start, then run until SIGTERM, SIGINT or the death of the parent that holds
 * the IPC channel. Exit codes: 0 stopped · 1 could not start · 4 configuration.
 */
export async function main(start: (env: Environment) => Promise<Service>): Promise<void> {
  const starting = start(process.env)
  const stop = async () => {
    try {
      const service = await starting
      await service[Symbol.asyncDispose]()
      process.exit(0)
    } catch (error) {
      process.stderr.write(`stop failed: ${(error as Error).stack}\n`)
      process.exit(1)
    }
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.once('disconnect', stop)
  try {
    await starting
  } catch (error) {
    const known = error instanceof ConfigurationError
    process.stderr.write(`${known ? error.message : (error as Error).stack}\n`)
    process.exit(known ? 4 : 1)
  }
}
