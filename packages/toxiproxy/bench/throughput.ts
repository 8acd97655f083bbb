import { compare } from './compare.ts'
import type { Row } from './row.ts'
import type { Stage } from './stage.ts'
import { iperf, startIperf } from './tools.ts'

const SECONDS = 2

/** Bulk from iperf3, with nothing on the way and with each toxic that lets it through. */
export async function throughput(stage: Stage): Promise<readonly Row[]> {
  await using sink = await startIperf()
  const row = (figure: string, atLeast: number, connections: number, toxics: readonly object[] = []) =>
    compare(
      stage,
      figure,
      { atLeast },
      (value) => `${value.toFixed(0)} MB/s`,
      async (contender) =>
        iperf(await contender.lead(sink.address, toxics), { connections, seconds: SECONDS }),
    )
  const on = (type: string, attributes: object) => [{ type, stream: 'upstream', attributes }]
  return [
    await row('throughput, 1 connection', 1.2, 1),
    await row('throughput, 64 connections', 1.2, 64),
    await row('throughput, latency 100 ms', 1, 1, on('latency', { latency: 100 })),
    await row(
      'throughput, slicer 1024 ± 512',
      1,
      1,
      on('slicer', { average_size: 1024, size_variation: 512 }),
    ),
    await row('throughput, bandwidth far above', 1, 1, on('bandwidth', { rate: 100_000_000 })),
  ]
}
