import { BadInput } from '../errors.ts'
import { findExecutable } from './executable.ts'
import { processesRuntime } from './processes/processes.ts'
import type { Runtime } from './runtime.ts'

/** Runtimes that `--runtime` accepts. */
export const runtimeNames = ['auto', 'processes'] as const

/** Which Toxiproxy carries the links: the embedded server, or the `toxiproxy-server` on PATH. */
export const toxiproxyNames = ['embedded', 'path'] as const

/** Chooses where the services run. @returns the runtime, and in words which and why. */
export function chooseRuntime(
  _wanted: (typeof runtimeNames)[number],
  toxiproxy: (typeof toxiproxyNames)[number],
): { runtime: Runtime & AsyncDisposable; toxiproxy: string } {
  if (toxiproxy === 'embedded') return { runtime: processesRuntime({ toxiproxy }), toxiproxy: 'embedded' }
  const executable = findExecutable('toxiproxy-server')
  if (executable === undefined)
    throw new BadInput([
      "--toxiproxy path: there is no 'toxiproxy-server' on PATH; install it, or leave the option away for the embedded one",
    ])
  return { runtime: processesRuntime({ toxiproxy: { executable } }), toxiproxy: executable }
}
