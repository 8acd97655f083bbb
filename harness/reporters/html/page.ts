import type { RunResult } from '../../model/result.ts'
import type { Language } from '../reporter.ts'
import type { ToldVisit } from '../told-visits.ts'
import { html } from './escape.ts'
import { scenarioSection } from './scenario.ts'
import type { Stories } from './stories.ts'
import { style } from './style.ts'
import { summary } from './summary.ts'

/** The reader's own choice of language; without JavaScript the page stays in the one that it was written in. */
const script = `
const root=document.documentElement
const button=document.getElementById('lang')
button.addEventListener('click',()=>{root.lang=root.lang==='ko'?'en':'ko'})
`

/** A whole run as one page that needs nothing else: no network, no font, no file beside it. */
export function page(
  result: RunResult,
  stories: Stories,
  visits: readonly ToldVisit[],
  { command, lang = 'en' }: { readonly command: string | undefined; readonly lang?: Language | undefined },
): string {
  const { markup } =
    html`<main>${summary(result, command)}${result.scenarios.map((scenario) => scenarioSection(scenario, stories, visits))}</main>`
  const { markup: title } = html`saeol-chaos: ${result.verdict}, ${result.run}`
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body>${markup}<script>${script}</script></body></html>
`
}
