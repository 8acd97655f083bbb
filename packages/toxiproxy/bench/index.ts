import { idle } from './idle.ts'
import { precision } from './precision.ts'
import { requests } from './requests.ts'
import type { Row } from './row.ts'
import { startStage } from './stage.ts'
import { throughput } from './throughput.ts'

const parts = { idle, throughput, requests, precision }
export type ToxiproxyPart = keyof typeof parts
export const partNames = Object.keys(parts) as readonly ToxiproxyPart[]

/** The embedded Toxiproxy beside the real one, in one run. Without the real one there are figures but no ratios. */
export async function measure(part: ToxiproxyPart): Promise<readonly Row[]> {
  // Anew for each part, so that none meets what the one before left in memory.
  await using stage = await startStage()
  if (stage.missing !== undefined) process.stderr.write(`no ratios, because ${stage.missing}\n`)
  // Awaited here, while the servers are up.
  return await parts[part](stage)
}
