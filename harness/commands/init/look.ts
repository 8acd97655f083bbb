import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'

/** What a project has that others' variables lead to. */
export interface Backing {
  readonly name: 'redis' | 'postgres'
  /** The variable that the application finds it by. */
  readonly variable: string
  /** Of PostgreSQL. */
  readonly database?: string
}

/** What a project shows of itself: an application that is started by a command, and what stands behind it. */
export interface Found {
  /** Letters, digits and dashes. */
  readonly name: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where its health is asked. */
  readonly path: string
  readonly backings: readonly Backing[]
  /** The project's own modules are CommonJS, so that the scenarios' directory says of itself that it is not. */
  readonly isCommonJs: boolean
  /** What was seen and could not be used, in words. */
  readonly notes: readonly string[]
}

const manifestShape = z.looseObject({
  name: z.string().catch(''),
  type: z.string().optional().catch(undefined),
  scripts: z.record(z.string(), z.string()).catch({}),
})

/** Looks what a project is. @returns undefined where nothing tells how it is started */
export function lookAround(dir: string): Found | undefined {
  const manifest = readManifest(dir)
  const start = nodeStart(manifest) ?? pythonStart(dir)
  if (start === undefined) return undefined
  const { backings, notes } = backingsOf(dir)
  return {
    name: nameOf(manifest?.name ?? ''),
    ...start,
    path: healthPath(dir),
    backings,
    isCommonJs: manifest?.type !== 'module',
    notes,
  }
}

type Start = Pick<Found, 'argv' | 'env'>

/** Most programs of Node take their port so. */
const byVariable = { HOST: '{host}', PORT: '{port}' }

function readManifest(dir: string): z.output<typeof manifestShape> | undefined {
  const text = read(join(dir, 'package.json'))
  if (text === undefined) return undefined
  try {
    return manifestShape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function nodeStart(manifest: z.output<typeof manifestShape> | undefined): Start | undefined {
  const script = manifest?.scripts.start
  if (script === undefined) return undefined
  const plain = /^node( [\w./-]+)+$/.test(script)
  return { argv: plain ? script.split(' ') : ['npm', 'run', '--silent', 'start'], env: byVariable }
}

/** By what its requirements name, and by the module that has the application. */
function pythonStart(dir: string): Start | undefined {
  const requirements = ['requirements.txt', 'pyproject.toml', 'Pipfile']
    .map((file) => read(join(dir, file)) ?? '')
    .join('\n')
  const needs = (what: string): boolean => new RegExp(`\\b${what}\\b`, 'i').test(requirements)
  const env = { PYTHONUNBUFFERED: '1' }
  if (existsSync(join(dir, 'manage.py')) && needs('django'))
    return { argv: ['python3', 'manage.py', 'runserver', '--noreload', '{host}:{port}'], env }
  const module = pythonModules(dir).find((file) =>
    /\b(Flask|FastAPI|Starlette)\(/.test(read(join(dir, file)) ?? ''),
  )
  if (module === undefined) return undefined
  const name = module.replace(/\.py$/, '')
  if (needs('flask'))
    return {
      argv: ['python3', '-m', 'flask', '--app', name, 'run', '--host', '{host}', '--port', '{port}'],
      env,
    }
  if (needs('fastapi') || needs('uvicorn') || needs('starlette'))
    return { argv: ['python3', '-m', 'uvicorn', `${name}:app`, '--host', '{host}', '--port', '{port}'], env }
  return undefined
}

function pythonModules(dir: string): string[] {
  return readdirSync(dir)
    .filter((file) => file.endsWith('.py'))
    .sort()
}

/** The path of a health check that the sources mention; else the first page. */
function healthPath(dir: string): string {
  const sources = sourcesBelow(dir, 2)
  const paths = ['/health', '/healthz', '/livez', '/ready', '/status']
  return paths.find((path) => sources.some((text) => new RegExp(`['"\`]${path}['"\`]`).test(text))) ?? '/'
}

/** How many sources are read at most: this is a look, no search. */
const mostSources = 200

function sourcesBelow(dir: string, depth: number): string[] {
  const found: string[] = []
  const walk = (at: string, left: number): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (found.length >= mostSources) return
      const path = join(at, entry.name)
      if (entry.isDirectory()) {
        if (left > 0 && !/^(\.|node_modules$|venv$|dist$|test)/.test(entry.name)) walk(path, left - 1)
      } else if (/\.(js|mjs|cjs|ts|mts|py)$/.test(entry.name)) found.push(read(path) ?? '')
    }
  }
  walk(dir, depth)
  return found
}

/** URLs of variables lead to what stands behind; values are not kept, for they may be secrets. */
function backingsOf(dir: string): Pick<Found, 'backings' | 'notes'> {
  const backings: Backing[] = []
  const notes: string[] = []
  for (const file of ['.env', '.env.example']) {
    for (const [variable, value = ''] of Object.entries(parseEnv(read(join(dir, file)) ?? ''))) {
      if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) continue
      if (backings.some((one) => one.variable === variable)) continue
      const { protocol, pathname } = new URL(value)
      const database = pathname.slice(1) || 'postgres'
      if (/^rediss?:$/.test(protocol)) backings.push({ name: 'redis', variable })
      else if (/^postgres(ql)?:$/.test(protocol)) backings.push({ name: 'postgres', variable, database })
      else
        notes.push(
          `${variable} of ${file} leads somewhere by ${protocol.slice(0, -1)}: add what it leads to as a service and a link`,
        )
    }
  }
  return { backings, notes: [...new Set(notes)] }
}

function nameOf(name: string): string {
  const plain = name
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return plain.slice(0, 40) || 'app'
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
