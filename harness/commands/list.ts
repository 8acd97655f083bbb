import { Command } from 'commander'
import { actionKinds } from '../actions/index.ts'
import { checkKinds } from '../checks/index.ts'
import { faultKinds } from '../faults/index.ts'
import { reporters } from '../reporters/index.ts'
import { scenariosOption } from './options.ts'
import { loadScenarios } from './scenarios.ts'

export const listCommand = new Command('list')
  .description('scenarios, measures, actions, switches, faults and checks, one line each')
  .addOption(scenariosOption)
  .option('--json', 'as JSON', false)
  .action(async (options: { scenarios?: string; json: boolean }) => {
    const { scenarios, gate } = await loadScenarios(options.scenarios)
    const systems = [...new Set(scenarios.map(({ system }) => system))]
    const sections: Record<string, Record<string, string>> = {
      scenarios: Object.fromEntries(
        scenarios.map(({ name, title, facts }) => [
          name,
          `${title} [${facts.join(' ')}]${gate.includes(name) ? ' · gate' : ''}`,
        ]),
      ),
      knobs: Object.fromEntries(
        scenarios.flatMap(({ name, knobs }) =>
          Object.entries(knobs).map(([knob, { describe, default: value }]) => [
            `${name} ${knob}=${value}`,
            describe,
          ]),
        ),
      ),
      measures: Object.fromEntries(
        systems.flatMap(({ measures }) =>
          Object.entries(measures).map(([name, { summary }]) => [name, summary]),
        ),
      ),
      actions: Object.fromEntries([
        ...actionKinds.map(({ name, summary }) => [name, summary]),
        ...systems.flatMap(({ actions = {} }) =>
          Object.entries(actions).map(([name, { summary }]) => [name, summary]),
        ),
      ]),
      switches: Object.fromEntries(
        systems.flatMap(({ switches = {} }) =>
          Object.entries(switches).flatMap(([service, own]) =>
            Object.entries(own).map(([name, { summary }]) => [`${service} ${name}`, summary]),
          ),
        ),
      ),
      faults: Object.fromEntries(faultKinds.map(({ kind, summary }) => [kind, summary])),
      checks: Object.fromEntries(checkKinds.map(({ kind, summary }) => [kind, summary])),
      reporters: Object.fromEntries(
        Object.entries(reporters).map(([name, { summary, writes }]) => [
          name,
          writes === undefined ? summary : `${writes}: ${summary}`,
        ]),
      ),
      invariants: Object.fromEntries(
        systems.flatMap(({ name, invariants }) =>
          Object.keys(invariants).map((invariant) => [invariant, `read in ${name}`]),
        ),
      ),
    }
    process.stdout.write(options.json ? `${JSON.stringify(sections, null, 2)}\n` : table(sections))
  })

function table(sections: Record<string, Record<string, string>>): string {
  return Object.entries(sections)
    .map(([title, rows]) => {
      const width = Math.max(0, ...Object.keys(rows).map((name) => name.length))
      return `${title}\n${Object.entries(rows)
        .map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`)
        .join('')}`
    })
    .join('\n')
}
