/** The command line: the only place, with commands/, that touches argv, standard output and the exit code. */
import { Console } from 'node:console'
import { Command, CommanderError } from 'commander'
import { examples } from './called.ts'
import { analyzeCommand } from './commands/analyze.ts'
import { cleanCommand } from './commands/clean.ts'
import { compareCommand } from './commands/compare.ts'
import { completionCommand } from './commands/completion.ts'
import { applyConfig } from './commands/config.ts'
import { exitCodesThatNeverLie } from './commands/crash.ts'
import { doctorCommand } from './commands/doctor.ts'
import { envelopeCommand } from './commands/envelope.ts'
import { initCommand } from './commands/init.ts'
import { k6Command } from './commands/k6.ts'
import { listCommand } from './commands/list.ts'
import { loopbackIsDirect } from './commands/loopback.ts'
import { mutateCommand } from './commands/mutate.ts'
import { planCommand } from './commands/plan.ts'
import { referenceCommand } from './commands/reference.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { toxiproxyCommand } from './commands/toxiproxy.ts'
import { upCommand } from './commands/up.ts'
import { visitCommand } from './commands/visit.ts'
import { BadInput, exitCode, HarnessError, messageOf } from './errors.ts'
import { projectVersion } from './version.ts'

exitCodesThatNeverLie()
loopbackIsDirect()
// What a scenario's module prints: programs read standard output, as of `plan --json`.
globalThis.console = new Console(process.stderr)

const program = new Command('saeol-chaos')
  .description(
    'Replays the November 2023 outage against a running mock network and proves which fallbacks hold.',
  )
  .version(projectVersion)
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .showHelpAfterError("('--help' shows what there is)")
  .addHelpText(
    'after',
    examples(
      ['', 'runs the gate'],
      ['plan', 'what it would do'],
      ['mutate', 'does each check notice what it is there for?'],
      ['analyze .chaos/latest', 'judges the last run again'],
      ['up', 'the network, to explore by hand'],
    ),
  )

const commands = [
  runCommand,
  listCommand,
  planCommand,
  mutateCommand,
  analyzeCommand,
  visitCommand,
  compareCommand,
  envelopeCommand,
  runsCommand,
  upCommand,
  k6Command,
  toxiproxyCommand,
  doctorCommand,
  cleanCommand,
  referenceCommand,
  completionCommand,
  initCommand,
]
for (const command of commands) program.addCommand(command, { isDefault: command === runCommand })
for (const command of [program, ...commands]) command.copyInheritedSettings(program).exitOverride()
// Its flags are those of the server, --help too.
toxiproxyCommand.helpOption(false)

program.hook('preAction', (_, command) => applyConfig(command))

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = codeOf(error)
}

function codeOf(error: unknown): number {
  // Commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.badInput
  process.stderr.write(`saeol-chaos: ${messageOf(error)}\n`)
  if (error instanceof BadInput) return exitCode.badInput
  if (error instanceof HarnessError) {
    for (const place of error.lookAt) process.stderr.write(`  look at ${place}\n`)
    return exitCode.harnessError
  }
  if (messageOf(error) === 'interrupted') return exitCode.interrupted
  if (error instanceof Error && error.stack !== undefined) process.stderr.write(`${error.stack}\n`)
  return exitCode.harnessError
}
