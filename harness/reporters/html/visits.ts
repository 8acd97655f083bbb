import { formatMs } from '../../model/units.ts'
import { endedAfter, type HopLine, stepsInWords, type ToldVisit, visitNamed } from '../told-visits.ts'
import { html, type Markup } from './escape.ts'
import { table } from './summary.ts'
import { t } from './words.ts'

/** Lines of one visit in one arm; more would say the same again. */
const mostHops = 20

/** A place to look at; where it names a visit, that visit in every arm, with what each service said of it. */
export function placeToLook(place: string, scenario: string, visits: readonly ToldVisit[]): Markup {
  const name = visitNamed(place)
  const told = visits.filter(
    (visit) => visit.scenario === scenario && visit.journey === name?.journey && visit.n === name.n,
  )
  if (told.length === 0) return html`${place}`
  return html`<details class="visit"><summary>${place}</summary>${told.map(inArm)}</details>`
}

function inArm(visit: ToldVisit): Markup {
  const { arm, attempt, ok, outcome, tookMs, hops } = visit
  const steps = stepsInWords(visit)
  const when = endedAfter(visit)
  const rest = hops.length - mostHops
  return html`<p><strong>${arm}${attempt > 1 && ` (${attempt})`}</strong> ${ok ? '✓' : '✗'} ${outcome}, ${formatMs(tookMs)}${steps.length > 0 && html` <span class="said">${steps.join(' · ')}</span>`}</p>
${
  hops.length > 0 &&
  table(
    [t('at'), t('service'), t('asked'), t('answer'), t('took'), t('said')],
    hops.slice(0, mostHops).map((hop) => hopRow(hop, when(hop))),
  )
}
${rest > 0 && html`<p class="said">${rest} ${t('moreLines')}</p>`}`
}

function hopRow({ service, asked, status, code, tookMs, said }: HopLine, when: string | undefined): Markup {
  return html`<tr><td class="n">${when ?? '–'}</td><th scope="row">${service}</th><td>${asked}</td><td>${status ?? '–'}</td><td class="n">${tookMs === undefined ? '–' : formatMs(tookMs)}</td><td>${code === undefined ? said : `${code}: ${said}`}</td></tr>`
}
