import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { called, examples } from '../../harness/called.ts'

const script = { npm_lifecycle_event: 'chaos', npm_lifecycle_script: 'node bin/saeol-chaos.js' }

it.each<[string, string, NodeJS.ProcessEnv, string]>([
  ['by this project’s script', 'clean', script, 'npm run chaos -- clean'],
  ['by it without arguments', '', script, 'npm run chaos'],
  [
    'by a script of somebody else’s project',
    'clean',
    { npm_lifecycle_event: 'resilience', npm_lifecycle_script: 'saeol-chaos' },
    'npm run resilience -- clean',
  ],
  [
    'by a script that has arguments of its own',
    'clean',
    { npm_lifecycle_event: 'gate', npm_lifecycle_script: 'saeol-chaos run --bail' },
    'npx saeol-chaos clean',
  ],
  [
    'by npx',
    'clean',
    { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'saeol-chaos' },
    'npx saeol-chaos clean',
  ],
  [
    'from the script of another program',
    'clean',
    { npm_lifecycle_event: 'test', npm_lifecycle_script: 'vitest run' },
    'npx saeol-chaos clean',
  ],
  ['by itself', '', {}, 'npx saeol-chaos'],
])('called %s: %j', (_, args, environment, words) => expect(called(args, environment)).toBe(words))

it('shows examples in columns', () => {
  const [, heading, first, second] = examples(['plan'], ['analyze .chaos/latest', 'again']).split('\n')
  expect(heading).toBe('Examples:')
  expect(first).toBe(`  ${called('plan')}`)
  expect(second).toBe(`  ${called('analyze .chaos/latest')}   again`)
})

it('is the only one to say how the program is called', () => {
  const root = resolve(import.meta.dirname, '../..')
  const saying = globSync('{harness,scenarios,services}/**/*.ts', { cwd: root }).filter((file) =>
    /(npm run chaos|npx saeol-chaos)/.test(readFileSync(resolve(root, file), 'utf8')),
  )
  expect(saying).toEqual(['harness/called.ts'])
})
