import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError, messageOf } from '../../errors.ts'
import { images } from '../../images.ts'
import type { ImageSpec, System } from '../../model/system.ts'
import { type Engine, saidBy } from './engine.ts'
import { packSources, sourcesHash, sourcesLabel } from './sources.ts'

/** How long building one image may take, ms: it installs packages. */
const buildMs = 15 * 60_000
const registryMs = 5000

/** The state of an image. `stale`: built from other sources than those here; `unmarked`: it does not say from which. */
type Standing = 'there' | 'unmarked' | 'stale' | 'absent'

/** Every image that a system needs to run in containers. */
export function imagesOf(system: System): ImageSpec[] {
  const kinds = Object.values(system.services).map(({ kind }) => kind)
  return [
    { tag: images.toxiproxy },
    ...(kinds.includes('postgres') ? [{ tag: images.postgres }] : []),
    ...(kinds.includes('node') && system.image !== undefined ? [system.image] : []),
  ]
}

/** Looks at an image without fetching or building anything. */
export async function standingOf(engine: Engine, image: ImageSpec): Promise<Standing> {
  const { status, body } = await engine.ask('GET', `/images/${image.tag}/json`)
  if (status >= 400) return 'absent'
  const made = (body as { Config: { Labels?: Record<string, string> | null } }).Config.Labels?.[sourcesLabel]
  if (image.build === undefined) return 'there'
  if (made === undefined) return 'unmarked'
  return made === sourcesHash(image.build) ? 'there' : 'stale'
}

/** Whether an image is there or can be had, without having it. @returns what is missing, if anything is. */
export async function obstacleTo(engine: Engine, image: ImageSpec): Promise<string | undefined> {
  if (['there', 'unmarked'].includes(await standingOf(engine, image))) return undefined
  if (image.build !== undefined) {
    const missing = await Promise.all(basesOf(image.build).map((tag) => obstacleTo(engine, { tag })))
    return missing.find((one) => one !== undefined)
  }
  const answer = await engine
    .ask('GET', `/distribution/${image.tag}/json`, { timeoutMs: registryMs })
    .catch(() => undefined)
  return answer?.status === 200 ? undefined : `the image ${image.tag} is not here and cannot be pulled`
}

interface Providing {
  progress?(message: string): void
  readonly signal: AbortSignal
}

/**
 * Makes an image be there: pulls or builds it, unless it is.
 * @throws HarnessError with the remedy, or what the signal was aborted with
 */
export async function provideImage(engine: Engine, image: ImageSpec, providing: Providing): Promise<void> {
  const { signal } = providing
  const progress = (message: string): void => providing.progress?.(message)
  signal.throwIfAborted()
  const standing = await standingOf(engine, image)
  if (standing === 'there') return
  if (image.build !== undefined) {
    try {
      return await buildImage(engine, image, image.build, standing, providing)
    } catch (error) {
      if (standing !== 'unmarked' || signal.aborted) throw error
      return progress(
        `the image ${image.tag} cannot be built again, and is used as it is: ${messageOf(error)}`,
      )
    }
  }
  progress(`pulling the image ${image.tag}`)
  const { name, tag } = /^(?<name>.*):(?<tag>[^:/]+)$/.exec(image.tag)!.groups as {
    name: string
    tag: string
  }
  const pulled = await engine.ask('POST', `/images/create?fromImage=${name}&tag=${tag}`, {
    timeoutMs: buildMs,
  })
  if ((await standingOf(engine, image)) === 'there') return
  throw new HarnessError(
    `the image ${image.tag} is not here and cannot be pulled: ${lastWords(pulled.body)}; ` +
      "pull it where there is a registry and 'docker load' it here, or build it with tools/airgap/airgap, or use '--runtime processes'",
  )
}

async function buildImage(
  engine: Engine,
  image: ImageSpec,
  build: NonNullable<ImageSpec['build']>,
  standing: Exclude<Standing, 'there'>,
  providing: Providing,
): Promise<void> {
  const { context, dockerfile, target } = build
  for (const base of basesOf(build)) await provideImage(engine, { tag: base }, providing)
  providing.progress?.(
    {
      stale: `the image ${image.tag} was built of other sources: building it again`,
      unmarked: `the image ${image.tag} does not say what it was built of: building it again`,
      absent: `building the image ${image.tag}, once: some minutes`,
    }[standing],
  )
  const { getContainerRuntimeClient } = await import('testcontainers')
  const { dockerode } = (await getContainerRuntimeClient()).container
  const said: string[] = []
  const failure = await dockerode
    .buildImage(packSources(build), {
      t: image.tag,
      dockerfile,
      ...(target !== undefined && { target }),
      labels: { [sourcesLabel]: sourcesHash(build) },
      // Names that resolve here resolve there: registries in closed networks, and proxies on this machine.
      networkmode: 'host',
      abortSignal: providing.signal,
    })
    .then(
      (stream) =>
        new Promise<unknown>((resolve) =>
          dockerode.modem.followProgress(
            stream,
            (error) => resolve(error),
            ({ stream: text, error }: { stream?: string; error?: string }) =>
              void said.push(text ?? error ?? ''),
          ),
        ),
      (error: unknown) => error,
    )
  providing.signal.throwIfAborted()
  if (failure === null && (await standingOf(engine, image)) === 'there') return
  throw new HarnessError(
    `the image ${image.tag} could not be built: ${messageOf(failure)}${said.length === 0 ? '' : `; it last said: ${said.join('').trim().split('\n').slice(-3).join(' | ')}`}; ` +
      `'docker build -f ${join(context, dockerfile)} ${context}' shows it whole`,
  )
}

/** The images that a Dockerfile builds on, but for its own stages. */
function basesOf({ context, dockerfile }: NonNullable<ImageSpec['build']>): string[] {
  const stages = [
    ...readFileSync(join(context, dockerfile), 'utf8').matchAll(/^FROM\s+(\S+)(?:\s+AS\s+(\S+))?/gim),
  ]
  const own = stages.map(([, , name]) => name)
  return [...new Set(stages.map(([, base]) => base!))].filter(
    (base) => !own.includes(base) && base !== 'scratch',
  )
}

/** What an answer of many JSON lines ends with. */
function lastWords(body: unknown): string {
  if (typeof body !== 'string') return saidBy(body)
  const last = body.split('\n').at(-1)!
  try {
    const { error, status } = JSON.parse(last) as { error?: string; status?: string }
    return error ?? status ?? last
  } catch {
    return last
  }
}
