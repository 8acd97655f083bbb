import { messageOf } from '../../errors.ts'
import type { Arrivals, ArrivalsSpec } from '../../model/arrivals.ts'
import type { Journey } from '../../model/journey.ts'
import { spokenBy } from '../../model/service.ts'
import type { System } from '../../model/system.ts'
import { ratePerSecond } from '../../model/units.ts'
import { unknown } from '../../near-miss.ts'
import type { Story } from './story.ts'

/** The highest rate that a plan may ask for, arrivals a second: more than one machine can generate. */
const highestRate = 20_000

export function settleLoad({ load }: Story, system: System, problems: string[]): ArrivalsSpec[] {
  const links = system.links.map(({ name }) => name)
  const names = system.journeys.all.map(({ name }) => name)
  if (!load.some(({ act }) => act === undefined))
    problems.push('there is no load all through the arm: the first act needs visits to judge')
  return load.flatMap(({ arrivals, act }) => {
    const { journey, process, unread = [] } = arrivals
    for (const name of unread)
      problems.push(`load of '${journey.name}': ${unknown('option', name, ['to', 'process'])}`)
    if (!names.includes(journey.name)) problems.push(unknown('journey', journey.name, names))
    for (const entrance of [journey.entrance, ...(journey.goesOnTo ?? [])])
      if (!links.includes(entrance))
        problems.push(`journey '${journey.name}' enters by ${unknown('link', entrance, links)}`)
    problems.push(...entranceProblems(journey, system))
    const perSecond = settleRates(arrivals, problems)
    if (perSecond === null) return []
    const { users, successIs, servedWithinMs } = journey
    const said = {
      ...(users !== undefined && { users }),
      ...(successIs !== undefined && { successIs }),
      ...(servedWithinMs !== undefined && { servedWithinMs }),
      ...(act !== undefined && { act }),
    }
    return [{ journey: journey.name, ...said, perSecond, process }]
  })
}

/** Users come by HTTP. */
function entranceProblems({ name, entrance, goesOnTo = [] }: Journey, system: System): string[] {
  return [entrance, ...goesOnTo].flatMap((by) => {
    const to = system.links.find((link) => link.name === by)?.to
    const spec = to === undefined ? undefined : system.services[to]
    const spoken = spec === undefined ? 'http' : spokenBy(spec).protocol
    return spoken === 'http'
      ? []
      : [`journey '${name}' enters by '${by}', where '${to}' speaks ${spoken}: users come by HTTP`]
  })
}

/** @returns null for what is no rate */
function settleRates({ journey, rate, to }: Arrivals, problems: string[]): ArrivalsSpec['perSecond'] | null {
  try {
    const from = ratePerSecond(rate)
    const until = to === undefined ? from : ratePerSecond(to)
    for (const value of new Set([from, until]))
      if (value > highestRate || (value === 0 && from === until))
        problems.push(
          `load of '${journey.name}': ${value}/s is impossible; write a rate above 0 and up to ${highestRate}/s`,
        )
    return [from, until]
  } catch (error) {
    problems.push(`load of '${journey.name}': ${messageOf(error)}`)
    return null
  }
}
