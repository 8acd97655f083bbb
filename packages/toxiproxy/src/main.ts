import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { PROTOCOL_VERSION } from './api/routes.ts'
import { BadFlags, type Flags, readFlags, usage } from './flags.ts'
import { startToxiproxyServer } from './server.ts'

// What a proxy makes lives either for a moment or as long as its connection: a young generation that does not grow is
// collected in shorter pauses, and 5,000 connections take 30 MB less.
setFlagsFromString('--semi-space-growth-factor=1')

try {
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) process.stdout.write(usage())
  else if (flags.version) process.stdout.write(versions(flags))
  else await serve(flags)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = error instanceof BadFlags ? 2 : 1
}

async function serve(flags: Flags): Promise<void> {
  const stopping = new AbortController()
  const server = await startToxiproxyServer({
    port: portOf(flags.port ?? '8474'),
    strict: flags.strict ?? false,
    metrics: flags['proxy-metrics'] || flags['runtime-metrics'] || false,
    ...(flags.host !== undefined && { host: flags.host }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(flags.config !== undefined && { config: flags.config }),
    signal: stopping.signal,
  })
  process.stdout.write(`Toxiproxy API listening on ${server.url}\n`)
  // A parent that spawned it with a channel takes it along when it goes.
  for (const end of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(end, () => stopping.abort())
  process.channel?.unref()
}

/** The first line is upstream's own, which tools read. */
function versions({ strict }: Flags): string {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    name: string
    version: string
  }
  const own = strict ? '' : `${name} ${version}\n`
  return `toxiproxy-server version ${PROTOCOL_VERSION}\n${own}`
}

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${text}"`)
  }
  return port
}
