import { type Command as AnyCommand, Argument, Command } from 'commander'
import { called } from '../called.ts'
import { reporterOutput } from '../reporters/output.ts'
import { loadScenarios } from './scenarios.ts'

/** Shells whose completion can be printed. Zsh reads that of Bash. */
const shells = ['bash', 'zsh'] as const
type Shell = (typeof shells)[number]

/** Commands of which the first word is a scenario. */
const ofScenarios = ['run', 'plan', 'mutate', 'up', 'k6', 'compare', 'envelope']

export const completionCommand = new Command('completion')
  .description('prints what completes commands, options and scenarios in a shell')
  .addHelpText('after', `\nIn the shell's own start-up file:\n  eval "$(${called('completion bash')})"`)
  .addArgument(new Argument('<shell>').choices([...shells]))
  .action(async (shell: Shell, _options: object, command: AnyCommand) => {
    const scenarios = await loadScenarios(undefined).then(
      (module) => module.scenarios.map(({ name }) => name),
      // Where there are no scenarios yet, commands are completed all the same.
      () => [],
    )
    reporterOutput(process.stdout, process.env).write(scriptOf(command.parent!, scenarios, shell))
  })

/**
 * A Bash function that completes the word under the cursor: the values of an option that has choices, else options,
 * commands and scenarios.
 */
function scriptOf(program: AnyCommand, scenarios: readonly string[], shell: Shell): string {
  const commands = program.commands.map((command) => command.name())
  const choices = new Map(
    program.commands.flatMap(({ options }) =>
      options.flatMap(({ long, argChoices = [] }) =>
        long == null || argChoices.length === 0 ? [] : [[long, argChoices] as const],
      ),
    ),
  )
  const cases = program.commands.map((command) => {
    const options = command.options.flatMap(({ long }) => long ?? [])
    const names = ofScenarios.includes(command.name()) ? scenarios : []
    return `    ${command.name()}) words=${quoted([...options, '--help', ...names])} ;;`
  })
  return `${[
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_saeol_chaos() {',
    '  local word=$2 before=$3 command= words= i',
    '  case $before in',
    ...[...choices].map(([option, values]) => `    ${option}) words=${quoted(values)} ;;`),
    '  esac',
    '  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); return; fi',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    `    case " ${commands.join(' ')} " in *" \${COMP_WORDS[i]} "*) command=\${COMP_WORDS[i]}; break ;; esac`,
    '  done',
    '  case $command in',
    ...cases,
    `    *) words=${quoted([...commands, '--help', '--version'])} ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _saeol_chaos saeol-chaos',
  ].join('\n')}\n`
}

/** Words between single quotes; a name with a quote in it is left out, for no scenario needs one. */
function quoted(words: readonly string[]): string {
  return `'${words.filter((word) => !/['\s]/.test(word)).join(' ')}'`
}
