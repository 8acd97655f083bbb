/** The page that `reference` prints, made of the sources. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { collectDeclarations } from './collect.ts'

const root = resolve(import.meta.dirname, '../..')

/** Where the page is kept: `npm run reference` writes it, and a test holds it to the sources. */
export const pageFile = resolve(root, 'docs/reference.md')

const headings: readonly (readonly [folder: string, heading: string])[] = [
  ['model', 'Systems, scenarios, journeys, settings'],
  ['checks', 'Checks: what must be true'],
  ['faults', 'Faults: what is injected'],
  ['actions', 'Actions: what operators do'],
]

/** A whole project that is run by the tests as a stranger would. */
const example = ['system.ts', 'journeys.ts', 'index.ts'].map((file) => `scenarios/${file}`)

export function referencePage(): string {
  const byFolder = collectDeclarations()
  const named = headings.map(([folder]) => folder)
  const rest = [...byFolder].flatMap(([folder, told]) => (named.includes(folder) ? [] : told))
  return `${[
    '# Reference',
    'All that a project may import from `saeol-chaos`, as it is declared. Made of the sources by `npm run reference`.',
    '## A whole project',
    ...example.map(
      (file) =>
        `\`${file}\`\n\n${code(readFileSync(resolve(root, 'examples/your-own-system', file), 'utf8'))}`,
    ),
    ...headings.flatMap(([folder, heading]) => [
      `## ${heading}`,
      code((byFolder.get(folder) ?? []).join('\n\n')),
    ]),
    '## The rest',
    code(rest.join('\n\n')),
  ].join('\n\n')}\n`
}

function code(text: string): string {
  return `\`\`\`ts\n${text.trimEnd()}\n\`\`\``
}
