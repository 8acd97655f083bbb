import type { Credit, Effect, RunResult, ScenarioResult } from '../../model/result.ts'
import { fewerServed } from '../credits.ts'
import { lengthOf, repeatInWords } from '../figures.ts'
import { html, type Markup } from './escape.ts'
import { badge, t } from './words.ts'

/** What a reader in a hurry wants: the verdict, its reason, for how many users, and how to see it again. */
export function summary(result: RunResult, command: string | undefined): Markup {
  const { verdict, exitCode, seed, runtime, driver, toxiproxy, startedAt, tookMs, run } = result
  return html`<header><div><h1>${t('title')} ${badge(verdict)}</h1>
<p class="facts">${t('exit')} ${exitCode} · ${t('seed')} ${seed} · ${t('runtime')} ${runtime}, ${driver}, ${toxiproxy} · ${startedAt} · ${t('took')} ${lengthOf(tookMs)} · ${run}</p></div>
<button type="button" id="lang">${t('switch')}</button></header>
${result.ending !== 'finished' && html`<p class="lead"><strong>${t(result.ending)}</strong></p>`}
${result.scenarios.length === 0 && html`<p class="lead">${t('noScenario')}</p>`}
${result.scenarios.map(lead)}
${result.notRun.length > 0 && html`<p>${t('notRun')}: ${result.notRun.map(({ scenario, arms }) => `${scenario} (${arms.join(', ')})`).join('; ')}</p>`}
${command !== undefined && html`<h2>${t('repeat')}</h2><pre>${command}</pre>`}`
}

function lead(scenario: ScenarioResult): Markup {
  return html`<p class="lead">${badge(scenario.verdict)} <a href="#${anchorOf(scenario)}">${scenario.scenario}</a> ${scenario.said}</p>
${repeatInWords(scenario).map((said) => html`<p class="said">${said}</p>`)}
${scenario.effects.map(gain)}${scenario.credits.map(worth)}`
}

/** An effect in one line, for the first screen; its interval is of the difference. */
function gain({ users, visits, saved, lost, difference, interval }: Effect): Markup {
  const [low, high] = interval.map(Math.round)
  return html`<p class="said">${users}: ${t('saved')} ${saved}, ${t('lost')} ${lost}, ${t('visits')} ${visits}; ${t('difference')} ${difference} [${low} … ${high}]</p>`
}

function worth(credited: Credit): Markup | false {
  const { measure, credit } = credited
  const people = fewerInWords(credited)
  const label = t(credit === 'harmful' ? 'harmed' : 'fewer')
  return (
    credit !== null &&
    html`<p class="said">${t('measure')} ${measure}: ${credit}${people !== '' && html`; ${label}: ${people}`}</p>`
  )
}

/** `64 officials, 12 visitors` */
function fewerInWords(credited: Credit): string {
  return fewerServed(credited)
    .map(({ users, visits }) => `${visits} ${users}`)
    .join(', ')
}

/** The same in a table, where the column's head does not fit a measure that harms. */
function inPeople(credited: Credit): Markup | '' {
  const people = fewerInWords(credited)
  if (people === '') return ''
  return html`${people}${credited.credit === 'harmful' && html` (${t('harm')})`}`
}

/** The place of a scenario in the page; names may hold anything. */
export function anchorOf({ scenario }: Pick<ScenarioResult, 'scenario'>): string {
  return `scenario-${encodeURIComponent(scenario.toWellFormed())}`
}

/** What the measures do for users, and what each is worth by itself. */
export function effects({ effects: all, credits }: ScenarioResult): Markup {
  const known = credits.filter(({ credit }) => credit !== null)
  return html`${
    all.length > 0 &&
    html`<h3>${t('effects')}</h3>${table(
      [t('users'), t('visits'), t('saved'), t('lost'), t('either'), t('neither'), t('difference')],
      all.map(effectRow),
    )}`
  }${
    known.length > 0 &&
    html`<h3>${t('credits')}</h3>${table([t('measure'), t('worth'), t('fewer'), t('breaks')], known.map(creditRow))}`
  }`
}

function effectRow({ users, visits, saved, lost, either, neither, difference, interval }: Effect): Markup {
  const [low, high] = interval.map(Math.round)
  return html`<tr><th scope="row">${users}</th>${[visits, saved, lost, either, neither].map((n) => html`<td class="n">${n}</td>`)}<td class="n">${difference} [${low} … ${high}]</td></tr>`
}

function creditRow(credited: Credit): Markup {
  const { measure, credit, breaks } = credited
  return html`<tr><th scope="row">${measure}</th><td>${credit}</td><td>${inPeople(credited)}</td><td>${breaks.join('; ')}</td></tr>`
}

/** A table that scrolls by itself where it is too wide, by keyboard too. */
export function table(heads: readonly Markup[], rows: readonly Markup[]): Markup {
  return html`<div class="scroll" tabindex="0" role="group"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}
