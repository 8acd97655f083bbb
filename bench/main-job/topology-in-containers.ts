import { containerCapabilities } from '../../harness/runtimes/containers/capabilities.ts'
import { containersRuntime } from '../../harness/runtimes/containers/containers.ts'
import { findEngine } from '../../harness/runtimes/containers/engine.ts'
import { atMost, fixed, median, type Row } from '../../packages/toxiproxy/bench/row.ts'
import { administrativeNetwork } from '../../scenarios/system.ts'
import { bringUp } from './bring-up.ts'

const runs = 3

/** How long the whole network takes to be ready in containers, with images present. */
export async function run(): Promise<Row[]> {
  const figure = `network ready in containers, median of ${runs}`
  const engine = await findEngine()
  if ('missing' in engine)
    return [{ figure, ours: '–', against: engine.missing, ratio: '–', target: '≤ 1', met: null }]
  await using runtime = containersRuntime({
    engine,
    ...(await containerCapabilities(engine, [administrativeNetwork])),
  })
  const took = median(await bringUp(runtime, runs))
  return [atMost(figure, took, 8, (seconds) => `${fixed(seconds)} s`)]
}
