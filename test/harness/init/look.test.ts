/** What `init` finds of a project, and the files that it writes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { firstFiles } from '../../../harness/commands/init/files.ts'
import { type Found, lookAround } from '../../../harness/commands/init/look.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'saeol-init-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function found(files: Readonly<Record<string, string>>): Found | undefined {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return lookAround(dir)
}

const manifest = (more: object) => JSON.stringify({ name: '@acme/Shop Front', ...more })

describe('how a project is started', () => {
  it.each([
    ['node server.js --fast', ['node', 'server.js', '--fast']],
    ['NODE_ENV=production node server.js', ['npm', 'run', '--silent', 'start']],
    ['tsx src/main.ts && echo done', ['npm', 'run', '--silent', 'start']],
  ])('by the start script %j', (start, argv) => {
    expect(found({ 'package.json': manifest({ scripts: { start } }) })).toMatchObject({
      name: 'shop-front',
      argv,
      env: { HOST: '{host}', PORT: '{port}' },
    })
  })

  it.each([
    ['flask==3.0', 'app = Flask(__name__)', 'python3 -m flask --app shop run --host {host} --port {port}'],
    [
      'fastapi\nuvicorn[standard]',
      'app = FastAPI()',
      'python3 -m uvicorn shop:app --host {host} --port {port}',
    ],
  ])('by the Python application that %j names', (requirements, source, argv) => {
    const files = { 'requirements.txt': requirements, 'a.py': 'print(1)', 'shop.py': source }
    expect(found(files)?.argv.join(' ')).toBe(argv)
  })

  it('by manage.py of Django', () => {
    const files = { 'pyproject.toml': 'dependencies = ["Django>=5"]', 'manage.py': '' }
    expect(found(files)?.argv.join(' ')).toBe('python3 manage.py runserver --noreload {host}:{port}')
  })

  it.each([
    {},
    { 'package.json': manifest({ scripts: { test: 'vitest' } }) },
    { 'package.json': 'no JSON' },
    { 'requirements.txt': 'flask', 'a.py': 'print(1)' },
  ])('is not guessed: %j', (files) => {
    expect(found(files)).toBeUndefined()
  })
})

const server = { 'package.json': manifest({ scripts: { start: 'node server.js' } }) }

it.each([
  ["app.get('/healthz', ok)", '/healthz'],
  ['router.get("/health", ok)', '/health'],
  ["app.get('/', ok)", '/'],
])('health is asked where the sources have it: %s', (source, path) => {
  expect(found({ ...server, 'src/server.js': source, 'node_modules/x/index.js': "'/livez'" })?.path).toBe(
    path,
  )
})

it.each([
  ['module', false],
  ['commonjs', true],
  [undefined, true],
])('whether its own modules are CommonJS: type %j', (type, isCommonJs) => {
  const scripts = { start: 'node server.js' }
  expect(found({ 'package.json': manifest({ type, scripts }) })?.isCommonJs).toBe(isCommonJs)
})

it('what stands behind it is found by the URLs of its variables, and what is unknown is told', () => {
  const env = `# ours
CACHE_URL=redis://localhost:6379
DATABASE_URL="postgresql://me:secret@localhost:5432/shop?sslmode=disable"
RATES=https://rates.example/v1
NAME=shop`
  const look = found({
    ...server,
    '.env': env,
    '.env.example': 'CACHE_URL=redis://other\nQUEUE=amqp://localhost',
  })
  expect(look?.backings).toEqual([
    { name: 'redis', variable: 'CACHE_URL' },
    { name: 'postgres', variable: 'DATABASE_URL', database: 'shop' },
  ])
  expect(look?.notes).toEqual([
    'RATES of .env leads somewhere by https: add what it leads to as a service and a link',
    'QUEUE of .env.example leads somewhere by amqp: add what it leads to as a service and a link',
  ])
  expect(JSON.stringify(look)).not.toContain('secret')
})

describe('the files', () => {
  const look: Found = {
    ...{ name: 'shop-front', argv: ['node', "it's.js"], env: { PORT: '{port}' }, path: '/health', notes: [] },
    backings: [{ name: 'postgres', variable: 'DATABASE_URL', database: 'shop' }],
    isCommonJs: true,
  }

  /** Syntax alone: what they import is looked at where the package is installed. */
  const problemsOf = (source: string) =>
    ts.transpileModule(source, { reportDiagnostics: true, compilerOptions: { module: ts.ModuleKind.ESNext } })
      .diagnostics

  it.each([[look], [{ ...look, backings: [], isCommonJs: false }]])('are whole TypeScript', (one) => {
    for (const [name, source] of Object.entries(firstFiles(one)))
      if (name.endsWith('.ts')) expect(problemsOf(source)).toEqual([])
  })

  it('stall the first link, or pause a service that has none', () => {
    expect(firstFiles(look)['index.ts']).toMatch(/faults: \[stall\('shop-front→postgres'\)\]/)
    expect(firstFiles({ ...look, backings: [] })['index.ts']).toMatch(/faults: \[pause\('shop-front'\)\]/)
  })

  it('say that they are modules where the project’s own are not, and start the service from the project', () => {
    const { 'package.json': own, 'system.ts': system } = firstFiles(look)
    expect(JSON.parse(own!)).toEqual({ type: 'module' })
    expect(system).toMatch(/cwd: '\.\.'/)
    const esm = firstFiles({ ...look, isCommonJs: false })
    expect(esm).not.toHaveProperty('package.json')
    expect(esm['system.ts']).not.toMatch(/cwd/)
  })
})
