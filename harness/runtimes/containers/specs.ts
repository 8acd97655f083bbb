import { basename } from 'node:path'
import { images } from '../../images.ts'
import type { PostgresService } from '../../model/service.ts'
import type { System } from '../../model/system.ts'
import { clusterRecipe, clusterSettings, settingArguments } from '../cluster.ts'
import type { NodeStart } from '../ground.ts'
import { postgresUser } from '../link-url.ts'
import type { ContainerSpec } from './container.ts'

/** Where services find what is copied in for them, and what they may write. */
const filesDir = '/saeol-chaos/files'
const ownDir = '/saeol-chaos/own'
export const scratchDir = `${ownDir}/scratch`

/** A container but for its name, its labels and its place in the network. */
export type Content = Omit<ContainerSpec, 'name' | 'labels' | 'network'>

export function toxiproxyContent(): Content {
  return {
    image: images.toxiproxy,
    command: ['-host=0.0.0.0', '-proxy-metrics'],
    // It tells of every connection in eight lines unless told not to; the engine would carry 45,000 of them an arm.
    environment: { LOG_LEVEL: 'error' },
    privileges: 'none',
  }
}

export function postgresContent({ database }: PostgresService): Content {
  return {
    image: images.postgres,
    command: ['postgres', ...settingArguments(clusterSettings)],
    environment: {
      POSTGRES_USER: postgresUser,
      POSTGRES_DB: database,
      POSTGRES_HOST_AUTH_METHOD: 'trust',
      POSTGRES_INITDB_ARGS: clusterRecipe.join(' '),
    },
  }
}

/** @param own directory with an empty `scratch` in it, copied in for the service to write to. */
export function nodeContent(
  image: NonNullable<System['image']>,
  { spec, environment, files }: NodeStart,
  own: string,
): Content {
  const told = new Set(Object.values(environment))
  const inside = filesInside(files)
  return {
    image: image.tag,
    entrypoint: ['node'],
    command: [image.entry(spec.module)],
    environment,
    // Only the files that this service is told of: it must not see the keys of another one.
    files: Object.keys(files)
      .filter((name) => told.has(inside[name]!))
      .map((name) => ({ source: files[name]!, target: inside[name]! })),
    directories: [{ source: own, target: ownDir }],
    privileges: 'none',
  }
}

/** Files of `System.prepare`, where a service sees them. */
export function filesInside(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, `${filesDir}/${name}-${basename(path)}`]),
  )
}
