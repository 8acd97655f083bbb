import type { ArmResult, ScenarioResult } from '../../model/result.ts'
import { formatMs } from '../../model/units.ts'
import { evidenceInWords, lengthOf, seenInWords, thresholdInWords } from '../figures.ts'
import { journeysTold } from '../journeys-told.ts'
import { readArm, readCheck } from '../reading.ts'
import type { ToldVisit } from '../told-visits.ts'
import { chart } from './chart.ts'
import { html, type Markup } from './escape.ts'
import { type Stories, type Story, storyKey } from './stories.ts'
import { anchorOf, effects, table } from './summary.ts'
import { placeToLook } from './visits.ts'
import { windowsOf } from './windows.ts'
import { badge, readingBadge, t } from './words.ts'

/** One scenario: effects, the arms side by side, every check, and what the evidence rests on. */
export function scenarioSection(
  scenario: ScenarioResult,
  stories: Stories,
  visits: readonly ToldVisit[],
): Markup {
  const { title, facts, verdict, said, standsOn, arms } = scenario
  const storyOf = ({ arm }: ArmResult): Story | undefined => stories.get(storyKey(scenario.scenario, arm))
  return html`<section id="${anchorOf(scenario)}"><h2>${badge(verdict)} ${scenario.scenario}</h2>
<p>${title} <span class="facts">${facts.join(' ')}</span></p><p>${said}</p><p class="said">${standsOn}</p>
${effects(scenario)}
${arms.length > 0 && curves(scenario, storyOf)}
${arms.length > 0 && checks(arms)}
${evidence(arms, storyOf, (place) => placeToLook(place, scenario.scenario, visits))}</section>`
}

function curves(scenario: ScenarioResult, storyOf: (arm: ArmResult) => Story | undefined): Markup {
  const { main, others } = journeysTold(scenario)
  const rows = (names: readonly string[]): Markup[] =>
    names.map((name) => armsOf(name, scenario.arms, storyOf))
  return html`<h3>${t('curves')}</h3><p class="said">${t('curvesSaid')}</p>${rows(main)}
${others.length > 0 && html`<details><summary>${t('others')} (${others.length})</summary>${rows(others)}</details>`}`
}

function armsOf(
  journey: string,
  arms: readonly ArmResult[],
  storyOf: (arm: ArmResult) => Story | undefined,
): Markup {
  const most = Math.max(1, ...arms.flatMap(({ journeys }) => journeys[journey]?.series.arrivals ?? []))
  return html`<h3>${journey}</h3><div class="arms">${arms.map((arm) => {
    const own = arm.journeys[journey]
    const caption = html`<figcaption><strong>${arm.arm}</strong> ${readingBadge(readArm(arm))} <span>${own === undefined ? t('noVisits') : `${own.ok} / ${own.arrivals}`}</span></figcaption>`
    if (own === undefined) return html`<figure>${caption}</figure>`
    const label = `${journey} in ${arm.arm}: ${own.ok} of ${own.arrivals} served`
    const story = storyOf(arm)
    const drawn = { story, lengthMs: arm.plannedMs, most, label }
    const windows = story === undefined ? [] : windowsOf(journey, arm, story)
    const planned = arm.faults.length === 0 ? [] : (story?.plan.faults ?? [])
    return html`<figure>${caption}${chart(own.series, { ...drawn, windows, planned })}</figure>`
  })}</div>`
}

/** Visits and files named per arm. */
export const placesShown = 8

/** What counts as proof first. */
const roles = ['protected', 'mechanism', 'guard']

function checks(arms: readonly ArmResult[]): Markup {
  const all = new Map(arms.flatMap(({ checks: own }) => own.map((one) => [one.id, one] as const)))
  const heads = [t('check'), t('role'), t('threshold'), ...arms.map(({ arm }) => html`${arm}`), t('source')]
  const inOrder = [...all.values()].sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role))
  const rows = inOrder.map(({ id, check, role, source }) => {
    const found = arms.flatMap(({ checks: own }) => own.filter((other) => other.id === id))
    const threshold = found.map(({ evidence: of }) => thresholdInWords(of)).find((words) => words !== '')
    const cells = arms.map(({ arm, checks: own }) => {
      const one = own.find((other) => other.id === id)
      if (one === undefined) return html`<td>–</td>`
      return html`<td class="cell">${readingBadge(readCheck(arm, one))} <span class="said">${one.verdict === 'not-applicable' ? '' : evidenceInWords(one)}</span></td>`
    })
    return html`<tr><td class="title">${check}</td><td class="role">${role}</td><td class="n">${threshold ?? '–'}</td>${cells}<td class="source">${source}</td></tr>`
  })
  return html`<h3>${t('checks')}</h3>${table(heads, rows)}`
}

/** Who saw the faults, what operators did, what happened, and what speaks against an arm. */
function evidence(
  arms: readonly ArmResult[],
  storyOf: (arm: ArmResult) => Story | undefined,
  placeOf: (place: string) => Markup,
): Markup {
  const faults = arms.flatMap((arm) =>
    arm.faults.map(
      (fault) =>
        html`<tr><td>${arm.arm}</td><td class="title">${fault.fault}</td><td>${times(fault.injectedAtMs, fault.revertedAtMs)} <span class="said">${t('late')} ${times(fault.injectedLateMs, fault.revertedLateMs)}</span></td><td>${seenInWords(fault)}</td></tr>`,
    ),
  )
  const actions = arms.flatMap((arm) =>
    arm.actions.map(
      ({ action, doneAtMs, seen, said }) =>
        html`<tr><td>${arm.arm}</td><td class="title">${action}</td><td>${doneAtMs === null ? '–' : formatMs(doneAtMs)}</td><td>${seen === null ? '–' : seen ? '✓' : '✗'} ${said}</td></tr>`,
    ),
  )
  const voids = arms.flatMap(({ arm, voids: own, retries }) =>
    [...own.map(({ said }) => said), ...retries].map((said) => html`<li>${arm}: ${said}</li>`),
  )
  const look = arms.flatMap(({ arm, lookAt }) => [
    ...lookAt.slice(0, placesShown).map((place) => html`<li>${arm}: ${placeOf(place)}</li>`),
    ...(lookAt.length > placesShown
      ? [html`<li>${arm}: ${lookAt.length - placesShown} ${t('more')}</li>`]
      : []),
  ])
  return html`${voids.length > 0 && html`<h3>${t('voids')}</h3><ul>${voids}</ul>`}
${faults.length > 0 && html`<h3>${t('faults')}</h3>${table([t('arm'), t('fault'), t('at'), t('probe')], faults)}`}
${actions.length > 0 && html`<h3>${t('actions')}</h3>${table([t('arm'), t('action'), t('at'), t('seen')], actions)}`}
<details><summary>${t('happened')} · ${t('generator')}${look.length > 0 && html` · ${t('look')}`}</summary>
${arms.map((arm) => html`<h4>${arm.arm}</h4><p class="said">${generatorWords(arm)}</p><ul>${(storyOf(arm)?.marks ?? []).map(({ ms, who, what }) => html`<li>${(ms / 1000).toFixed(2)} s ${who}: ${what}</li>`)}</ul>`)}
${look.length > 0 && html`<h4>${t('look')}</h4><ul>${look}</ul>`}</details>`
}

function times(from: number | null, to: number | null): string {
  return `${from === null ? '–' : formatMs(from)} … ${to === null ? '–' : formatMs(to)}`
}

function generatorWords({ generator, tookMs, ending }: ArmResult): string {
  const took = `${ending}, ${lengthOf(tookMs)}`
  if (generator === null) return took
  const { started, due, lagP99Ms, dropped } = generator
  return `${took}; ${started} of ${due} arrivals started, ${dropped} dropped, p99 ${formatMs(lagP99Ms)} late`
}
