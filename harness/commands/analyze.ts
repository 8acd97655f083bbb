import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { examples } from '../called.ts'
import { BadInput } from '../errors.ts'
import { judgeJournal } from '../judging/judge-journal.ts'
import { reportTo } from '../reporters/dispatch.ts'
import { reporterOutput } from '../reporters/output.ts'
import type { Language } from '../reporters/reporter.ts'
import { langOption, reporterOption, reportersOf } from './reporters.ts'

export const analyzeCommand = new Command('analyze')
  .description(
    'judges a finished run again from its journal, and writes its reports again: same code, same verdict',
  )
  .argument('<run-dir>', 'such as .chaos/latest')
  .addOption(reporterOption)
  .addOption(langOption)
  .addHelpText(
    'after',
    examples(
      ['analyze .chaos/latest'],
      ['analyze .chaos/latest --reporter console'],
      ['analyze .chaos/latest --reporter junit=build/junit.xml'],
    ),
  )
  .action(async (dir: string, options: { reporter: string[]; lang: Language }) => {
    const makeReporters = reportersOf(options.reporter)
    const isJournal = existsSync(dir) && statSync(dir).isFile()
    const path = isJournal ? dir : join(dir, 'journal.jsonl')
    if (!existsSync(path))
      throw new BadInput([`there is no journal at ${path}: name a run's directory, such as .chaos/latest`])
    const result = await judgeJournal(path)
    const output = reporterOutput(process.stdout, process.env, {
      verbose: true,
      lang: options.lang,
      journal: path,
    })
    const report = reportTo(makeReporters(output))
    for (const scenario of result.scenarios) {
      for (const arm of scenario.arms) report.armEnded(arm, { scenario: scenario.scenario, arm: arm.arm })
      report.scenarioEnded(scenario)
    }
    await report.runEnded(result, isJournal ? dirname(dir) : dir)
    process.exitCode = result.exitCode
  })
