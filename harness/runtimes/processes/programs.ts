import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findExecutable } from '../../executable.ts'
import type { CommandService } from '../../model/service.ts'
import { partOf, type System } from '../../model/system.ts'
import { projectRoot } from '../../project-root.ts'

/** The directory that a command is started in. */
export function directoryOf({ cwd = '.' }: CommandService, { journeys }: Pick<System, 'journeys'>): string {
  return resolve(projectRoot(fileURLToPath(journeys.module)), cwd)
}

/** Programs of commands that are not there, and their directories, in words. What is optional may not be brought up. */
export function missingPrograms(system: System): string[] {
  return Object.entries(partOf(system, []).services).flatMap(([service, spec]) => {
    // What is wrong with a definition is for the plan to tell.
    const program: unknown = spec.kind === 'command' ? spec.argv?.[0] : undefined
    if (spec.kind !== 'command' || typeof program !== 'string' || program === '') return []
    if (spec.cwd !== undefined && typeof spec.cwd !== 'string') return []
    const missing = missingOf(program, spec, directoryOf(spec, system))
    return missing === undefined ? [] : [`service '${service}' of the system '${system.name}': ${missing}`]
  })
}

function missingOf(program: string, { env }: CommandService, directory: string): string | undefined {
  if (!existsSync(directory)) return `its directory ${directory} is not there`
  if (program.includes('/'))
    return existsSync(resolve(directory, program))
      ? undefined
      : `there is no ${resolve(directory, program)}: build or install it`
  return env?.PATH !== undefined || findExecutable(program) !== undefined
    ? undefined
    : `'${program}' is not on PATH: install it`
}
