import type { Command } from 'commander'
import { called } from '../called.ts'

/**
 * The command that runs scenarios once more as they were run: the options that were typed, and the seed, which is the
 * point of it.
 * @example againWith(command)(['22-nov-overload']) // … run 22-nov-overload --seed 2023-11-17 --without load-shedding
 */
export function againWith(command: Command): (scenarios: readonly string[]) => string {
  const options = command.options.flatMap((option) => {
    const name = option.attributeName()
    if (name !== 'seed' && command.getOptionValueSource(name) !== 'cli') return []
    return typedAs(option.long!, command.getOptionValue(name))
  })
  return (scenarios) => called([command.name(), ...scenarios, ...options].map(quoted).join(' '))
}

/** An option's value as it would be typed. */
function typedAs(flag: string, value: unknown): string[] {
  if (typeof value === 'boolean') return [flag]
  if (Array.isArray(value)) return [flag, value.join(',')]
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => [flag, `${key}=${one}`])
  return [flag, String(value)]
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./→-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
