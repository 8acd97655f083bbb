import { processesRuntime } from '../../harness/runtimes/processes/processes.ts'
import { atMost, fixed, median, type Row } from '../../packages/toxiproxy/bench/row.ts'
import { bringUp } from './bring-up.ts'

const runs = 5

/** How long the whole network takes to be ready as processes. */
export async function run(): Promise<Row[]> {
  await using runtime = processesRuntime({ toxiproxy: 'embedded' })
  const took = median(await bringUp(runtime, runs))
  return [atMost(`network ready, median of ${runs}`, took, 2.5, (seconds) => `${fixed(seconds)} s`)]
}
