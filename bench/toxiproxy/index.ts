import type { Row } from '../row.ts'
import { idle } from './idle.ts'
import { precision } from './precision.ts'
import { requests } from './requests.ts'
import { startStage } from './stage.ts'
import { throughput } from './throughput.ts'

/** The embedded Toxiproxy beside the real one, in one run. Without the real one there are figures but no ratios. */
export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const measure of [idle, throughput, requests, precision]) {
    // Anew for each, so that none meets what the one before left in memory.
    await using stage = await startStage()
    if (stage.missing !== undefined) process.stderr.write(`no ratios, because ${stage.missing}\n`)
    rows.push(...(await measure(stage)))
  }
  return rows
}
