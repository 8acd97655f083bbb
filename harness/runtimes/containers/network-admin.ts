import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { StartedTestContainer } from 'testcontainers'
import { HarnessError, messageOf } from '../../errors.ts'
import { isRoot } from '../host/machine.ts'
import { type ContainerSpec, startContainer } from './container.ts'
import { type Engine, must } from './engine.ts'

const run = promisify(execFile)

/** Commands in the network namespaces of containers: by a side-car of the network administrator, else by this machine's root. */
export interface NetworkAdmin {
  run(service: string, argv: readonly string[]): Promise<string>
  /** The service's container has a new network namespace: what looked into the old one is of no use. */
  forget(service: string): Promise<void>
}

/** Image with the tools, or why there is none. */
export type ToolsImage = { readonly tag: string } | { readonly missing: string }

export function networkAdmin(options: {
  engine: Engine
  image: ToolsImage
  container(service: string): string
  spec(service: string): Pick<ContainerSpec, 'name' | 'labels'>
}): NetworkAdmin {
  const { engine, image } = options
  const sideCars = new Map<string, Promise<StartedTestContainer>>()

  const sideCar = (service: string, image: string): Promise<StartedTestContainer> => {
    const started =
      sideCars.get(service) ??
      startContainer({
        ...options.spec(service),
        image,
        network: { of: options.container(service) },
        entrypoint: ['sleep'],
        command: ['infinity'],
        user: '0',
        privileges: 'network-administrator',
      })
    sideCars.set(service, started)
    return started
  }

  return {
    async run(service, argv) {
      const failed = (said: string): HarnessError =>
        new HarnessError(`in the network of ${service}, '${argv.join(' ')}' failed: ${said.trim()}`)
      if ('tag' in image) {
        const { exitCode, stdout, stderr } = await (await sideCar(service, image.tag)).exec([...argv])
        if (exitCode === 0) return stdout
        throw failed(stderr || stdout || `exit code ${exitCode}`)
      }
      if (!isRoot())
        throw failed(`${image.missing}; and this is not root. 'tools/airgap/airgap' builds the image`)
      return asRoot(engine, options.container(service), argv).catch((error: unknown) => {
        throw failed((error as { stderr?: string }).stderr || messageOf(error))
      })
    },
    async forget(service) {
      const old = sideCars.get(service)
      sideCars.delete(service)
      await (await old)?.stop({ timeout: 0 })
    },
  }
}

/** By this machine's own tools, in the namespace of the container's first process. */
async function asRoot(engine: Engine, container: string, argv: readonly string[]): Promise<string> {
  const { State } = await must<{ State: { Pid: number } }>(
    engine,
    `look at ${container.slice(0, 12)}`,
    'GET',
    `/containers/${container}/json`,
  )
  return (await run('nsenter', ['--target', String(State.Pid), '--net', '--', ...argv])).stdout
}
