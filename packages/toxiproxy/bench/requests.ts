import { compare } from './compare.ts'
import type { Row } from './row.ts'
import { type Contender, type Stage, startHelper } from './stage.ts'
import { type WrkResult, wrk } from './tools.ts'

const SECONDS = 1
/** What else the machine does can only make a figure worse, so that the best of a few runs is the truest of them. */
const RUNS = 3
const CLOSING_CONNECTIONS = 16

/** Small requests from wrk: what the proxy adds to each, and how many a second. */
export async function requests(stage: Stage): Promise<readonly Row[]> {
  await using backend = await startHelper('http-backend.ts')
  const address = backend.firstLine
  await using pipe = await startHelper('bare-pipe.ts', [address])
  const barePipe: Contender = {
    name: 'real',
    pid: pipe.process.pid!,
    lead: async () => pipe.firstLine,
  }

  const added = async (
    figure: string,
    atMost: number,
    connections: number,
    of: keyof WrkResult,
    between: Pick<Stage, 'ours' | 'real'> = stage,
  ) => {
    const timed = async (to: string) => (await wrk(to, { connections, seconds: SECONDS }))[of]
    return compare(
      between,
      figure,
      { atMost },
      (value) => `${value.toFixed(0)} µs`,
      async (contender) => {
        const listen = await contender.lead(address)
        // In turn, since the machine is not equally fast at all times.
        const runs = await repeated(async () => [await timed(address), await timed(listen)] as const)
        const [direct, proxied] = [0, 1].map((way) => Math.min(...runs.map((run) => run[way]!)))
        // Where the machine's own noise is larger than what is looked for, a microsecond stands for "nothing".
        return Math.max(1, proxied! - direct!)
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
        const options = { connections, seconds: SECONDS, close }
        return Math.max(...(await repeated(async () => (await wrk(listen, options)).requestsPerSecond)))
      },
    )

  return [
    await added('added latency, median, 1 connection', 0.4, 1, 'medianUs'),
    // How far one can come in Node: two passes through the kernel, and hardly anything else.
    await added('the same, against a bare pipe in Node', 1, 1, 'medianUs', {
      ours: stage.ours,
      real: barePipe,
    }),
    await added('added latency, p99, 1 connection', 1, 1, 'p99Us'),
    await added('added latency, p99, 64 connections', 1, 64, 'p99Us'),
    await rate('connections a second', 1.8, CLOSING_CONNECTIONS, true),
    await rate('requests a second, 64 connections', 1.1, 64, false),
  ]
}

async function repeated<T>(measure: () => Promise<T>): Promise<T[]> {
  const values: T[] = []
  for (let run = 0; run < RUNS; run++) values.push(await measure())
  return values
}
