import type { Credit, Effect, ScenarioResult } from '../../model/result.ts'
import { listed } from '../../model/words.ts'
import { fewerServed } from '../credits.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'

/** What the measures do for users, a line a journey; and what each measure is worth by itself, where that is known. */
export function effectLines({ effects, credits }: ScenarioResult, paint: Paint): string[] {
  return [
    ...effects.map((effect) => `  ${effectWords(effect)}`),
    ...credits.filter(({ credit }) => credit !== null).map((credit) => `  ${creditWords(credit, paint)}`),
  ]
}

/** `officials: 107 of 189 saved, 0 lost, 60 served either way, 22 neither; difference 107 [25 … 153]`. */
function effectWords({ users, visits, saved, lost, either, neither, difference, interval }: Effect): string {
  const [low, high] = interval.map(Math.round)
  return `${oneLine(users)}: ${saved} of ${visits} saved, ${lost} lost, ${either} served either way, ${neither} neither; difference ${difference} [${low} … ${high}]`
}

/** `needed, without it 64 officials and 12 visitors fewer are served, and deviates '…'`. */
function creditWords(credited: Credit, paint: Paint): string {
  const { measure, credit, breaks } = credited
  const served = fewerServed(credited).map(({ users, visits }) => ({ users: oneLine(users), visits }))
  const fewer = listed(
    served.map(({ users, visits }) => `${visits} ${users}`),
    '',
  )
  switch (credit) {
    case 'needed':
      return `${measure}: ${paint.green('needed')}, without it ${fewer === '' ? '' : `${fewer} fewer are served, and `}deviates '${oneLine(breaks[0] ?? '')}'${breaks.length > 1 ? ` (and ${breaks.length - 1} more)` : ''}`
    case 'harmful':
      return `${measure}: ${paint.red('harmful')}, with it ${served.map(({ users, visits }) => `${visits} of the ${users}`).join(', ')} are lost who are served without it`
    default:
      return `${measure}: ${paint.yellow('redundant')}, nothing misses it`
  }
}
