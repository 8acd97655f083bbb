import { median, type Row } from '../row.ts'
import { compare } from './compare.ts'
import { type Stage, startHelper } from './stage.ts'
import { type WrkResult, wrk } from './tools.ts'

const SECONDS = 1
const DIRECT_RUNS = 5
const CLOSING_CONNECTIONS = 16

/** Small requests from wrk: what the proxy adds to each, and how many a second. */
export async function requests(stage: Stage): Promise<readonly Row[]> {
  await using backend = await startHelper('http-backend.ts')
  const address = backend.firstLine

  const added = async (figure: string, atMost: number, connections: number, of: keyof WrkResult) => {
    const direct: number[] = []
    for (let run = 0; run < DIRECT_RUNS; run++)
      direct.push((await wrk(address, { connections, seconds: SECONDS }))[of])
    return compare(
      stage,
      figure,
      { atMost },
      (value) => `${value.toFixed(0)} µs`,
      async (contender) => {
        const proxied = await wrk(await contender.lead(address), { connections, seconds: SECONDS })
        // Where the machine's own noise is larger than what is looked for, a microsecond stands for "nothing".
        return Math.max(1, proxied[of] - median(direct))
      },
    )
  }
  const rate = (figure: string, atLeast: number, connections: number, close: boolean) =>
    compare(
      stage,
      figure,
      { atLeast },
      (value) => `${value.toFixed(0)} /s`,
      async (contender) => {
        const listen = await contender.lead(address)
        return (await wrk(listen, { connections, seconds: SECONDS, close })).requestsPerSecond
      },
    )

  return [
    await added('added latency, median, 1 connection', 0.4, 1, 'medianUs'),
    await added('added latency, p99, 1 connection', 1, 1, 'p99Us'),
    await added('added latency, p99, 64 connections', 1, 64, 'p99Us'),
    await rate('connections a second', 1.8, CLOSING_CONNECTIONS, true),
    await rate('requests a second, 64 connections', 1.1, 64, false),
  ]
}
