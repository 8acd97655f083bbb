import { freePort } from '../test/conformance/subjects.ts'
import { compare } from './compare.ts'
import { atMost, fixed, median, type Row } from './row.ts'
import { type Contender, type Stage, startHelper } from './stage.ts'

const SECONDS = 2
const RATE_KB = 20_000

/** One run that the machine disturbed is not to be the figure. */
async function medianOf(measure: () => Promise<number>): Promise<number> {
  return median([await measure(), await measure(), await measure()])
}

/** How well the two toxics that promise a figure keep it. */
export async function precision(stage: Stage): Promise<readonly Row[]> {
  const delayErrorMs = async (contender: Contender) => {
    const port = await freePort()
    const latency = { type: 'latency', stream: 'upstream', attributes: { latency: 100 } }
    const listen = await contender.lead(`127.0.0.1:${port}`, [latency])
    await using probe = await startHelper('delay-probe.ts', [listen, `${port}`, '100', '1000', `${SECONDS}`])
    return (JSON.parse(probe.firstLine) as { quietP99Ms: number }).quietP99Ms
  }
  const rateError = async (contender: Contender) => {
    const port = await freePort()
    const bandwidth = { type: 'bandwidth', stream: 'upstream', attributes: { rate: RATE_KB } }
    const listen = await contender.lead(`127.0.0.1:${port}`, [bandwidth])
    await using probe = await startHelper('rate-probe.ts', [listen, `${port}`, `${SECONDS}`])
    return Math.abs(Number(probe.firstLine) / (RATE_KB * 1000) - 1)
  }
  const ms = (value: number) => `${fixed(value)} ms`
  const percent = (value: number) => `${fixed(value * 100)} %`
  return [
    await compare(stage, 'latency toxic, p99 error at 1,000 chunks/s', { atMost: 1 }, ms, delayErrorMs),
    atMost('latency toxic, p99 error, bound', await medianOf(() => delayErrorMs(stage.ours)), 2, ms),
    atMost(
      'bandwidth toxic, rate error over 2 s',
      await medianOf(() => rateError(stage.ours)),
      0.01,
      percent,
    ),
  ]
}
